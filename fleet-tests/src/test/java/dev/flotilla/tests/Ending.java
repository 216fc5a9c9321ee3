package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.JSON;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** How a request ended for its caller, who knows nothing but what came over the connection. */
sealed interface Ending {
  /** A whole answer, or a stream up to its {@code [DONE]}. */
  record Complete() implements Ending {}

  /**
   * A stream that said itself that it broke.
   *
   * @param chunks what had come before, at least one
   */
  record Announced(String code, int chunks) implements Ending {}

  /** An error in the shape callers know. */
  record Refused(int status, String code) implements Ending {}

  /** The connection could not be made, or broke: no caller takes that for an end. */
  record Disconnected(String how) implements Ending {}

  /** What must never come: a caller would take it for something it is not. */
  record Misleading(String what) implements Ending {}

  static Ending of(int status, boolean stream, String body) {
    if (status != 200) {
      return refused(status, body);
    }
    return stream ? stream(body, null) : whole(body);
  }

  /** A stream that came so far when its connection broke. */
  static Ending ofBroken(String body, String how) {
    return stream(body, how);
  }

  private static Ending refused(int status, String body) {
    JsonNode error = parsed(body).path("error");
    for (String member : new String[] {"message", "type", "code", "request_id"}) {
      if (error.path(member).asText("").isEmpty()) {
        return new Misleading(status + " without " + member + ": " + body);
      }
    }
    return new Refused(status, error.path("code").asText());
  }

  private static Ending whole(String body) {
    JsonNode answer = parsed(body);
    JsonNode choice = answer.path("choices").path(0);
    return choice.path("message").path("content").asText("").isEmpty()
            || choice.path("finish_reason").asText("").isEmpty()
            || !answer.path("usage").path("cost").isNumber()
        ? new Misleading("no answer: " + body)
        : new Complete();
  }

  /**
   * @param broken how the connection broke; null when it ended well
   */
  private static Ending stream(String body, @Nullable String broken) {
    int chunks = 0;
    boolean finished = false;
    boolean done = false;
    String error = null;
    for (String event : body.split("\n\n", -1)) {
      if (event.startsWith("event: error\n")) {
        error = code(event.substring("event: error\n".length()));
      } else if (event.equals("data: [DONE]")) {
        done = true;
      } else if (event.startsWith("data: ")) {
        // The last piece before a break may be half an event, which no caller acts upon.
        JsonNode choice = parsed(event.substring("data: ".length())).path("choices").path(0);
        chunks += choice.path("delta").path("content").asText("").isEmpty() ? 0 : 1;
        finished |= !choice.path("finish_reason").asText("").isEmpty();
      }
    }
    if (done) {
      return error == null && finished
          ? new Complete()
          : new Misleading("[DONE] of a stream that did not finish: " + body);
    }
    if (error != null) {
      return error.isEmpty() || chunks == 0
          ? new Misleading("an error event that should have been another answer: " + body)
          : new Announced(error, chunks);
    }
    return broken == null
        ? new Misleading("an end without [DONE] and without an error: " + body)
        : new Disconnected(broken);
  }

  private static String code(String data) {
    return parsed(data.replaceFirst("^data: ", "")).path("error").path("code").asText("");
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}
