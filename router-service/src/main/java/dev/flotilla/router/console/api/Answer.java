package dev.flotilla.router.console.api;

import com.fasterxml.jackson.databind.JsonNode;

/** What the API said. */
public sealed interface Answer {
  /** As it was asked. */
  record Told(JsonNode json) implements Answer {}

  /**
   * Anything else.
   *
   * @param status HTTP's; 503 also when nobody answered
   * @param code the API's word for it; empty when it said none
   * @param message for people
   */
  record Refused(int status, String code, String message) implements Answer {}
}
