package dev.flotilla.provider.dialect.anthropic;

import org.jspecify.annotations.Nullable;

/**
 * Why an answer ended.
 *
 * <table>
 *   <caption>Anthropic's stop reasons in OpenAI's words</caption>
 *   <tr><td>end_turn, stop_sequence</td><td>stop</td></tr>
 *   <tr><td>tool_use</td><td>tool_calls</td></tr>
 *   <tr><td>max_tokens, model_context_window_exceeded, pause_turn</td><td>length: the answer is not
 *       whole</td></tr>
 *   <tr><td>refusal</td><td>content_filter, with the explanation as the message's refusal</td></tr>
 *   <tr><td>one that is newer than this</td><td>stop</td></tr>
 * </table>
 */
final class Finish {
  private static final String UNEXPLAINED = "The model declined to answer.";

  private Finish() {}

  /** Null while the answer goes on. */
  static @Nullable String of(@Nullable String stopReason) {
    return switch (stopReason) {
      case null -> null;
      case "tool_use" -> "tool_calls";
      case "max_tokens", "model_context_window_exceeded", "pause_turn" -> "length";
      case "refusal" -> "content_filter";
      default -> "stop";
    };
  }

  /**
   * What a refusal says; null when it is none, or says nothing beyond what the model had begun to.
   *
   * @param begun whether the answer has any text: only an empty one needs words of ours
   */
  static @Nullable String refusal(
      @Nullable String stopReason, @Nullable String explanation, boolean begun) {
    if (!"refusal".equals(stopReason)) {
      return null;
    }
    if (explanation == null || explanation.isBlank()) {
      return begun ? null : UNEXPLAINED;
    }
    return explanation;
  }
}
