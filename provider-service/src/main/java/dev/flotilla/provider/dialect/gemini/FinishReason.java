package dev.flotilla.provider.dialect.gemini;

import org.jspecify.annotations.Nullable;

/**
 * Why Gemini stopped, in OpenAI's words.
 *
 * <table>
 * <caption>Finish reasons</caption>
 * <tr><th>Gemini</th><th>OpenAI</th></tr>
 * <tr><td>STOP</td><td>stop, or tool_calls when there are some</td></tr>
 * <tr><td>MAX_TOKENS</td><td>length</td></tr>
 * <tr><td>SAFETY, RECITATION, BLOCKLIST, PROHIBITED_CONTENT, SPII, LANGUAGE, IMAGE_SAFETY,
 *     IMAGE_PROHIBITED_CONTENT, IMAGE_RECITATION; every blockReason of a prompt</td>
 *     <td>content_filter</td></tr>
 * <tr><td>MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL, TOO_MANY_TOOL_CALLS, MALFORMED_RESPONSE,
 *     MISSING_THOUGHT_SIGNATURE, NO_IMAGE, IMAGE_OTHER, OTHER, none, and what is newer than
 *     this</td><td>no answer: the next model is asked, or a stream is broken</td></tr>
 * </table>
 */
final class FinishReason {
  static final String FILTERED = "content_filter";

  private FinishReason() {}

  /** Null when what came is no answer. */
  static @Nullable String of(String reason, boolean calls) {
    return switch (reason) {
      case "STOP" -> calls ? "tool_calls" : "stop";
      case "MAX_TOKENS" -> "length";
      case "SAFETY",
          "RECITATION",
          "BLOCKLIST",
          "PROHIBITED_CONTENT",
          "SPII",
          "LANGUAGE",
          "IMAGE_SAFETY",
          "IMAGE_PROHIBITED_CONTENT",
          "IMAGE_RECITATION" ->
          FILTERED;
      default -> null;
    };
  }
}
