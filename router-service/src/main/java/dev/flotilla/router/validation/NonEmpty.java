package dev.flotilla.router.validation;

import java.util.List;

/** An answer says something: text, a tool to be called, sound, or why it declines. */
final class NonEmpty implements Validator {
  static final String RULE = "non_empty";

  @Override
  public List<BrokenRule> brokenBy(Choice choice) {
    boolean says =
        !choice.text().isBlank() || choice.callsTools() || choice.refused() || choice.speaks();
    return says ? List.of() : List.of(new BrokenRule(RULE, "the answer is empty"));
  }
}
