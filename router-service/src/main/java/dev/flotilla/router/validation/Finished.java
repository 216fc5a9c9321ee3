package dev.flotilla.router.validation;

import java.util.List;

/**
 * An answer came to an end. One that was cut by its limit of tokens is still of use when it is
 * prose, because its caller set the limit; as JSON or as the arguments of a tool it is of none.
 *
 * @param structured whether JSON was asked for
 */
record Finished(boolean structured) implements Validator {
  static final String RULE = "finished";

  @Override
  public List<BrokenRule> brokenBy(Choice choice) {
    String reason = choice.finishReason();
    if (reason == null) {
      return List.of(new BrokenRule(RULE, "the answer does not say why it ended"));
    }
    return reason.equals("length") && (structured || choice.callsTools())
        ? List.of(new BrokenRule(RULE, "the answer was cut off by its limit of tokens"))
        : List.of();
  }
}
