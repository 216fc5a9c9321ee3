package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * The seal on what a model thought. Gemini wants it back where it was, on the text or the call it
 * came with; callers carry it in {@code extra_content}, where Google's own OpenAI-compatible API
 * has it, so clients that know one know the other.
 */
final class Signature {
  /**
   * Google's word for a call that another model made, or whose seal the caller's client lost:
   * without any the request is refused. Source: ai.google.dev, thought signatures, questions.
   */
  private static final String NONE_WAS_GIVEN = "skip_thought_signature_validator";

  private Signature() {}

  /** Of a part of Gemini's; null when it has none. */
  static @Nullable String of(JsonNode part) {
    String signature = part.path("thoughtSignature").textValue();
    return signature == null || signature.isEmpty() ? null : signature;
  }

  /** Puts it on a message, a delta or a tool call of OpenAI's. */
  static void show(ObjectNode on, @Nullable String signature) {
    if (signature != null) {
      on.putObject("extra_content").putObject("google").put("thought_signature", signature);
    }
  }

  /** What a caller brings back on a message or a tool call; null when nothing. */
  static @Nullable String shownOn(JsonNode node) {
    return node.at("/extra_content/google/thought_signature").textValue();
  }

  /** Puts it back on a part. */
  static void putBack(ObjectNode part, @Nullable String signature) {
    if (signature != null) {
      part.put("thoughtSignature", signature);
    }
  }

  /** Says of a call that there is none. */
  static void putNone(ObjectNode part) {
    part.put("thoughtSignature", NONE_WAS_GIVEN);
  }
}
