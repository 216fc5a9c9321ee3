package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An answer as {@code --json} prints it. Money is a text, so that no reader makes a float of it.
 */
final class AnswerJson {
  private AnswerJson() {}

  static ObjectNode of(String prompt, Answer answer) {
    return RouterClient.JSON
        .createObjectNode()
        .put("prompt", prompt)
        .put("status", answer.status())
        .put("request_id", answer.requestId())
        .put("task_type", answer.taskType())
        .put("model", answer.model())
        .put("prompt_tokens", answer.promptTokens())
        .put("completion_tokens", answer.completionTokens())
        .put("cost", Demo.usd(answer.cost()))
        .put("cache", answer.cache())
        .put("fallback_count", answer.fallbacks())
        .put("fallback_reason", answer.fallbackReason())
        .put("streamed", answer.streamed())
        .put("problem", answer.problem());
  }
}
