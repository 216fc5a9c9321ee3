package dev.flotilla.router.classification;

import dev.flotilla.router.classification.Classification.DecidedBy;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.TaskType;
import java.util.ArrayList;
import java.util.List;

/**
 * Facts of the request first, then a platform team's rules in their order, then the default.
 *
 * <p>The classic keyword list is weak (docs/decisions/0004-keywords-are-an-override.md has its
 * measured accuracy), which is why each rule carries a confidence instead of pretending certainty.
 */
public final class KeywordClassifier implements Classifier {
  private final double confidenceOfFacts;
  private final double confidenceOfDefault;
  private final List<KeywordRule> rules;

  /**
   * @param confidenceOfFacts how sure tools or a response format make us
   * @param rules in order; the first that fires decides
   * @param confidenceOfDefault how sure we are of {@code standard} when none fires
   */
  public KeywordClassifier(
      double confidenceOfFacts, List<KeywordRule> rules, double confidenceOfDefault) {
    this.confidenceOfFacts = confidenceOfFacts;
    this.rules = List.copyOf(rules);
    this.confidenceOfDefault = confidenceOfDefault;
  }

  /** Whether tools or a response format say what a request is, whatever its words. */
  static boolean byFacts(ChatRequest request) {
    return request.hasTools() || !request.responseFormat().equals("text");
  }

  @Override
  public Classification classify(ChatRequest request) {
    var matched = new ArrayList<String>();
    if (!request.responseFormat().equals("text")) {
      matched.add("fact:response_format");
    }
    if (request.hasTools()) {
      matched.add("fact:tools");
    }
    if (!matched.isEmpty()) {
      return new Classification(TaskType.STRUCTURED, confidenceOfFacts, DecidedBy.RULES, matched);
    }
    String text = request.lastUserText();
    KeywordRule deciding = null;
    for (KeywordRule rule : rules) {
      var why = rule.firesOn(text);
      if (why.isPresent()) {
        matched.add(why.get());
        deciding = deciding == null ? rule : deciding;
      }
    }
    return deciding == null
        ? new Classification(TaskType.STANDARD, confidenceOfDefault, DecidedBy.DEFAULT, matched)
        : new Classification(deciding.type(), deciding.confidence(), DecidedBy.RULES, matched);
  }
}
