package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions. */
final class OpenAiTongue implements Tongue {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String basePath() {
    return "/v1";
  }

  @Override
  public boolean isQuestion(String path) {
    return path.endsWith("/chat/completions") || path.endsWith("/embeddings");
  }

  @Override
  public Asked read(String path, JsonNode body) {
    var prompt = new StringBuilder();
    for (JsonNode message : body.path("messages")) {
      JsonNode content = message.path("content");
      prompt.append(content.isTextual() ? content.asText() : "");
      content.forEach(part -> prompt.append(part.path("text").asText("")));
    }
    return new Asked(
        body.path("model").asText("unknown"),
        prompt.toString(),
        body.path("max_completion_tokens").asInt(body.path("max_tokens").asInt(Integer.MAX_VALUE)),
        body.path("stream").asBoolean(),
        body.path("stream_options").path("include_usage").asBoolean());
  }

  @Override
  public List<Picture> pictures(JsonNode body) {
    var pictures = new ArrayList<Picture>();
    for (JsonNode message : body.path("messages")) {
      for (JsonNode part : message.path("content")) {
        String url = part.path("image_url").path("url").asText("");
        int comma = url.indexOf(";base64,");
        if (part.path("type").asText().equals("image_url")
            && url.startsWith("data:")
            && comma > 0) {
          pictures.add(
              new Picture(
                  url.substring("data:".length(), comma),
                  url.substring(comma + ";base64,".length())));
        }
      }
    }
    return pictures;
  }

  /** Nothing: callers' bodies pass as they are, and tests send strange ones on purpose. */
  @Override
  public @Nullable Complaint complaint(Map<String, String> headers, JsonNode body) {
    return null;
  }

  @Override
  public String whole(Answer answer) {
    if (answer.embedded() != null) {
      return answer.embedded().body().toString();
    }
    ObjectNode body = frame(answer, "chat.completion");
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finishReason(answer));
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    if (answer.said() == null) {
      message.put("content", answer.text());
    } else {
      message.putNull("content").setAll(answer.said());
    }
    if (answer.logprob() != null) {
      var tokens = choice.putObject("logprobs").putArray("content");
      for (String token : List.of("these", "are", "four", "tokens")) {
        tokens.addObject().put("token", token).put("logprob", answer.logprob());
      }
    }
    body.set("usage", usage(answer));
    return body.toString();
  }

  @Override
  public Told stream(Answer answer, Asked asked) {
    var pieces = new ArrayList<ObjectNode>();
    for (String part : Answer.pieces(answer.thought())) {
      pieces.add(JSON.createObjectNode().put("reasoning_content", part));
    }
    for (String part : answer.textPieces()) {
      pieces.add(JSON.createObjectNode().put("content", part));
    }
    int at = 0;
    for (JsonNode call : answer.calls()) {
      ObjectNode begin = toolPiece(pieces, at);
      begin.put("id", call.path("id").asText()).put("type", "function");
      begin
          .putObject("function")
          .put("name", call.path("function").path("name").asText())
          .put("arguments", "");
      for (String part : Answer.pieces(call.path("function").path("arguments").asText())) {
        toolPiece(pieces, at).putObject("function").put("arguments", part);
      }
      at++;
    }
    if (!pieces.isEmpty()) {
      pieces.set(
          0,
          JSON.createObjectNode().put("role", "assistant").<ObjectNode>setAll(pieces.getFirst()));
    }
    String closing = event(chunk(answer, JSON.createObjectNode(), finishReason(answer)));
    if (asked.usageWanted()) {
      ObjectNode usage = frame(answer, "chat.completion.chunk");
      usage.putArray("choices");
      closing += event(usage.set("usage", usage(answer)));
    }
    return new Told(
        "",
        pieces.stream().map(delta -> event(chunk(answer, delta, null))).toList(),
        closing + "data: [DONE]\n\n");
  }

  @Override
  public String error(int status, String message) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode error = body.putObject("error").put("message", message).putNull("param");
    switch (status) {
      case 401 -> error.put("type", "invalid_request_error").put("code", "invalid_api_key");
      case 429 -> error.put("type", "requests").put("code", "rate_limit_exceeded");
      default ->
          error
              .put("type", status < 500 ? "invalid_request_error" : "server_error")
              .putNull("code");
    }
    return body.toString();
  }

  @Override
  public String tooLong() {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error")
        .put(
            "message",
            "This model's maximum context length is 128000 tokens. However, your messages resulted"
                + " in 250000 tokens.")
        .put("type", "invalid_request_error")
        .put("param", "messages")
        .put("code", "context_length_exceeded");
    return body.toString();
  }

  private static ObjectNode toolPiece(List<ObjectNode> pieces, int index) {
    ObjectNode piece = JSON.createObjectNode();
    pieces.add(piece);
    return piece.putArray("tool_calls").addObject().put("index", index);
  }

  private static ObjectNode chunk(Answer answer, ObjectNode delta, @Nullable String finish) {
    ObjectNode body = frame(answer, "chat.completion.chunk");
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finish).set("delta", delta);
    return body;
  }

  private static String event(JsonNode data) {
    return "data: " + data + "\n\n";
  }

  private static String finishReason(Answer answer) {
    if (answer.filtered()) {
      return "content_filter";
    }
    if (!answer.calls().isEmpty()) {
      return "tool_calls";
    }
    return answer.cutByLimit() ? "length" : "stop";
  }

  private static ObjectNode frame(Answer answer, String object) {
    return JSON.createObjectNode()
        .put("id", "chatcmpl-" + answer.number())
        .put("object", object)
        .put("created", 1_790_000_000L)
        .put("model", answer.model());
  }

  private static ObjectNode usage(Answer answer) {
    ObjectNode usage =
        JSON.createObjectNode()
            .put("prompt_tokens", answer.promptTokens())
            .put("completion_tokens", answer.completionTokens())
            .put("total_tokens", answer.promptTokens() + answer.completionTokens());
    if (answer.cachedTokens() > 0) {
      usage.putObject("prompt_tokens_details").put("cached_tokens", answer.cachedTokens());
    }
    return usage;
  }
}
