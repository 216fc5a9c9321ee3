package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.OpenAiUsage;
import dev.flotilla.provider.dialect.Question;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns a whole answer of Gemini's into one of OpenAI's. */
final class AnswerReader {
  private final Question question;
  private final Instant now;

  AnswerReader(Question question, Instant now) {
    this.question = question;
    this.now = now;
  }

  CallOutcome read(byte[] bytes) {
    ObjectNode body;
    try {
      body = Json.parseObject(bytes);
    } catch (NotJson e) {
      return new Failure.BadAnswer(200, null);
    }
    ObjectNode usage = UsageReader.read(body.path("usageMetadata"));
    ObjectNode answer = frame(body, question, now).put("object", "chat.completion");
    Completion completion = null;
    if (choices(body, answer.putArray("choices"), answer.path("id").textValue())) {
      if (usage != null) {
        answer.set("usage", usage);
      }
      completion = Completion.of(answer, question.model());
    }
    return completion == null
        ? new Failure.BadAnswer(200, charged(usage))
        : new CallOutcome.Answered(200, completion);
  }

  /** What answers and chunks begin with. */
  static ObjectNode frame(JsonNode body, Question question, Instant now) {
    String id = body.path("responseId").asText("");
    String model = body.path("modelVersion").asText("");
    return Json.object()
        .put("id", id.isEmpty() ? "chatcmpl-" + question.attemptId() : id)
        .put("created", now.getEpochSecond())
        .put("model", model.isEmpty() ? question.model().upstream() : model);
  }

  /** Whether the prompt was not let through to the model. */
  static boolean isBlocked(JsonNode body) {
    return body.path("candidates").isEmpty()
        && body.path("promptFeedback").path("blockReason").isTextual();
  }

  private @Nullable AttemptUsage charged(@Nullable ObjectNode usage) {
    return usage == null ? null : OpenAiUsage.read(usage, question.model().contextTokens());
  }

  /** False when it is no answer. */
  private static boolean choices(JsonNode body, ArrayNode choices, String id) {
    if (isBlocked(body)) {
      addChoice(choices, 0, FinishReason.FILTERED).putNull("content").putNull("refusal");
      return true;
    }
    int number = 0;
    for (JsonNode candidate : body.path("candidates")) {
      var reader = new CandidateReader(id, candidate.path("index").asInt(number++));
      Said said = reader.read(candidate);
      String finish = reader.finish(candidate);
      if (finish == null || said.strange()) {
        return false;
      }
      write(said, addChoice(choices, reader.index(), finish));
    }
    return number > 0;
  }

  private static void write(Said said, ObjectNode message) {
    if (said.text().isEmpty() && !said.calls().isEmpty()) {
      message.putNull("content");
    } else {
      message.put("content", said.text());
    }
    message.putNull("refusal");
    if (!said.thoughts().isEmpty()) {
      message.put("reasoning_content", said.thoughts());
    }
    if (!said.calls().isEmpty()) {
      message.putArray("tool_calls").addAll(said.calls());
    }
    Signature.show(message, said.signature());
  }

  private static ObjectNode addChoice(ArrayNode choices, int index, String finish) {
    ObjectNode choice = choices.addObject().put("index", index);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    choice.putNull("logprobs").put("finish_reason", finish);
    return message;
  }
}
