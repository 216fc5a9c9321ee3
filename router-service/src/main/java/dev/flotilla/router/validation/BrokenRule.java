package dev.flotilla.router.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/**
 * Something an answer was expected to be and is not.
 *
 * @param rule which kind of validator says so; one of a short list, fit for a metric's label
 * @param message what is wrong and where; may name parts of the caller's own schema or rule, so it
 *     is for the caller alone
 */
public record BrokenRule(String rule, String message) {
  private static final int LONGEST = 300;

  public BrokenRule {
    message = message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…";
  }

  /** As a caller reads it. */
  public ObjectNode toJson() {
    return Json.object().put("rule", rule).put("message", message);
  }
}
