package dev.flotilla.router.messages;

import org.jspecify.annotations.Nullable;

/**
 * Why an answer ended, in Anthropic's words. An answer that a stop sequence ended is told from one
 * that came to its own end by nobody but a few providers, so it is {@code end_turn} too.
 */
final class StopReason {
  private StopReason() {}

  /**
   * @param finish OpenAI's word; null when there was none
   * @param calls whether tools are called: clients look for the calls only when it is said here
   */
  static String of(@Nullable String finish, boolean calls) {
    return switch (finish) {
      case "length" -> "max_tokens";
      case "content_filter" -> "refusal";
      case null, default -> calls ? "tool_use" : "end_turn";
    };
  }
}
