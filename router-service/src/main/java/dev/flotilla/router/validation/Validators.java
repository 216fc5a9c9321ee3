package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.exchange.Completion;
import java.util.ArrayList;
import java.util.List;

/** What the answers to one request must be. Thread-safe. */
public final class Validators {
  private final List<Validator> validators;
  private final boolean holdsBack;
  private final boolean ofChoices;

  Validators(List<Validator> validators, boolean holdsBack) {
    this(validators, holdsBack, true);
  }

  private Validators(List<Validator> validators, boolean holdsBack, boolean ofChoices) {
    this.validators = List.copyOf(validators);
    this.holdsBack = holdsBack;
    this.ofChoices = ofChoices;
  }

  /** For vectors: whether they are what was asked for is seen where they are converted. */
  public static Validators ofVectors() {
    return new Validators(List.of(), false, false);
  }

  /**
   * Whether somebody asked for more than an answer's form: then not even the beginning of a stream
   * is given before all of it has been judged.
   */
  public boolean holdBack() {
    return holdsBack;
  }

  /** Every choice must satisfy every validator. */
  public Judgement judge(Completion completion) {
    var broken = new ArrayList<BrokenRule>();
    JsonNode choices = completion.body().path("choices");
    if (ofChoices && choices.isEmpty()) {
      broken.add(new BrokenRule(NonEmpty.RULE, "the answer has no choices"));
    }
    for (JsonNode choice : choices) {
      for (Validator validator : validators) {
        broken.addAll(validator.brokenBy(new Choice(choice)));
      }
    }
    return broken.isEmpty() ? new Judgement.Accepted() : new Judgement.Refused(broken);
  }
}
