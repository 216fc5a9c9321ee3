package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads one candidate, in one piece or in many. One thread at a time. */
final class CandidateReader {
  private final String answer;
  private final int index;
  private int calls;

  /**
   * @param answer id of the answer, from which calls without an id get theirs
   */
  CandidateReader(String answer, int index) {
    this.answer = answer;
    this.index = index;
  }

  int index() {
    return index;
  }

  /** How many calls there were so far. */
  int calls() {
    return calls;
  }

  Said read(JsonNode candidate) {
    var text = new StringBuilder();
    var thoughts = new StringBuilder();
    var called = new ArrayList<ObjectNode>();
    String signature = null;
    boolean strange = false;
    for (JsonNode part : candidate.path("content").path("parts")) {
      if (part.path("functionCall").isObject()) {
        called.add(call(part));
      } else if (part.path("text").isTextual()) {
        (part.path("thought").asBoolean() ? thoughts : text).append(part.path("text").textValue());
        signature = Signature.of(part) == null ? signature : Signature.of(part);
      } else if (Signature.of(part) != null) {
        signature = Signature.of(part);
      } else {
        strange = true;
      }
    }
    return new Said(text.toString(), thoughts.toString(), called, signature, strange);
  }

  /** Why it stopped, in OpenAI's words; null when what it said is no answer. */
  @Nullable String finish(JsonNode candidate) {
    return FinishReason.of(candidate.path("finishReason").asText(), calls > 0);
  }

  private ObjectNode call(JsonNode part) {
    JsonNode asked = part.path("functionCall");
    String id = asked.path("id").asText("");
    int number = calls++;
    ObjectNode call =
        Json.object().put("id", id.isEmpty() ? idOf(number) : id).put("type", "function");
    JsonNode args = asked.path("args");
    call.putObject("function")
        .put("name", asked.path("name").asText())
        .put("arguments", args.isObject() ? Json.text(args) : "{}");
    Signature.show(call, Signature.of(part));
    return call;
  }

  /** The same for the same answer, however often it is read; OpenAI takes up to 40 characters. */
  private String idOf(int number) {
    byte[] place = (answer + "/" + index + "/" + number).getBytes(StandardCharsets.UTF_8);
    return "call_" + UUID.nameUUIDFromBytes(place).toString().replace("-", "");
  }
}
