package dev.flotilla.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Anthropic's Messages API. */
final class AnthropicTongue implements Tongue {
  /** On every thought; a thought that comes back with another one is refused. */
  private static final String SIGNATURE = "c2lnbmVkIGhlcmU=";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FIELDS =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "system",
          "stream",
          "stop_sequences",
          "temperature",
          "top_p",
          "top_k",
          "tools",
          "tool_choice",
          "metadata",
          "thinking",
          "output_config",
          "service_tier",
          "cache_control");
  private static final Set<String> PICTURES =
      Set.of("image/jpeg", "image/png", "image/gif", "image/webp");

  @Override
  public String basePath() {
    return "";
  }

  @Override
  public boolean isQuestion(String path) {
    return path.equals("/v1/messages");
  }

  @Override
  public Asked read(String path, JsonNode body) {
    var prompt = new StringBuilder();
    append(prompt, body.path("system"));
    for (JsonNode message : body.path("messages")) {
      append(prompt, message.path("content"));
    }
    return new Asked(
        body.path("model").asText("unknown"),
        prompt.toString(),
        body.path("max_tokens").asInt(Integer.MAX_VALUE),
        body.path("stream").asBoolean(),
        true);
  }

  private static void append(StringBuilder prompt, JsonNode content) {
    prompt.append(content.isTextual() ? content.asText() : "");
    for (JsonNode block : content) {
      prompt.append(block.path("text").asText(""));
      append(prompt, block.path("content"));
    }
  }

  @Override
  public List<Picture> pictures(JsonNode body) {
    var pictures = new ArrayList<Picture>();
    for (JsonNode message : body.path("messages")) {
      addPictures(message.path("content"), pictures);
    }
    return pictures;
  }

  private static void addPictures(JsonNode blocks, List<Picture> pictures) {
    for (JsonNode block : blocks) {
      JsonNode source = block.path("source");
      if (block.path("type").asText().equals("image")
          && source.path("type").asText().equals("base64")) {
        pictures.add(new Picture(source.path("media_type").asText(), source.path("data").asText()));
      }
      addPictures(block.path("content"), pictures);
    }
  }

  @Override
  public @Nullable Complaint complaint(Map<String, String> headers, JsonNode body) {
    if (!headers.containsKey("x-api-key")) {
      return new Complaint(401, "x-api-key header is required");
    }
    if (!headers.containsKey("anthropic-version")) {
      return refused("anthropic-version: header is required");
    }
    for (var field : body.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        return refused(field.getKey() + ": Extra inputs are not permitted");
      }
    }
    if (!body.path("max_tokens").isIntegralNumber()) {
      return refused("max_tokens: Field required");
    }
    if (body.path("messages").isEmpty()) {
      return refused("messages: at least one message is required");
    }
    var open = new HashSet<String>();
    int at = 0;
    for (JsonNode message : body.path("messages")) {
      Complaint wrong = complaint(message, "messages." + at++, open);
      if (wrong != null) {
        return wrong;
      }
    }
    return open.isEmpty() ? null : unanswered("messages." + (at - 1), open);
  }

  /**
   * @param open ids of the calls that this message must answer; afterwards those of its own
   */
  private static @Nullable Complaint complaint(JsonNode message, String place, Set<String> open) {
    boolean user = message.path("role").asText().equals("user");
    if (!user && !message.path("role").asText().equals("assistant")) {
      return refused(place + ".role: Input should be 'user' or 'assistant'");
    }
    if (message.path("content").isEmpty() && message.path("content").asText().isEmpty()) {
      return refused(place + ".content: must not be empty");
    }
    if (!user && !open.isEmpty()) {
      return unanswered(place, open);
    }
    boolean resultsAreOver = false;
    var called = new HashSet<String>();
    int at = 0;
    for (JsonNode block : message.path("content")) {
      String here = place + ".content." + at++;
      switch (block.path("type").asText()) {
        case "text" -> {
          resultsAreOver = true;
          if (block.path("text").asText().isEmpty()) {
            return refused("messages: text content blocks must be non-empty");
          }
        }
        case "image" -> {
          resultsAreOver = true;
          JsonNode type = block.path("source").path("media_type");
          if (type.isTextual() && !PICTURES.contains(type.asText())) {
            return refused(here + ".image.source.base64.media_type: Input should be a picture");
          }
        }
        case "thinking" -> {
          if (!block.path("signature").asText().equals(SIGNATURE)) {
            return refused(here + ": Invalid `signature` in `thinking` block");
          }
        }
        case "tool_use" -> {
          if (!block.path("id").asText().matches("[a-zA-Z0-9_-]+")) {
            return refused(here + ".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
          }
          called.add(block.path("id").asText());
        }
        case "tool_result" -> {
          if (!open.remove(block.path("tool_use_id").asText()) || resultsAreOver) {
            return refused(
                here
                    + ": unexpected `tool_use_id` found in `tool_result` blocks: it must answer the"
                    + " message before, and stand first");
          }
        }
        default -> {}
      }
    }
    if (!open.isEmpty()) {
      return unanswered(place, open);
    }
    open.addAll(called);
    return null;
  }

  private static Complaint unanswered(String place, Set<String> open) {
    return refused(
        place + ": `tool_use` ids were found without `tool_result` blocks after them: " + open);
  }

  private static Complaint refused(String message) {
    return new Complaint(400, message);
  }

  @Override
  public String whole(Answer answer) {
    ObjectNode message = message(answer);
    ArrayNode content = message.putArray("content");
    if (!answer.thought().isEmpty()) {
      content
          .addObject()
          .put("type", "thinking")
          .put("thinking", answer.thought())
          .put("signature", SIGNATURE);
    }
    if (!answer.text().isEmpty()) {
      content.addObject().put("type", "text").put("text", answer.text());
    }
    for (JsonNode call : answer.calls()) {
      content.add(toolUse(call).set("input", arguments(call)));
    }
    message.put("stop_reason", stopReason(answer)).putNull("stop_sequence");
    return message.set("usage", usage(answer, answer.completionTokens())).toString();
  }

  @Override
  public Told stream(Answer answer, Asked asked) {
    ObjectNode begun = message(answer);
    begun.putArray("content");
    begun.putNull("stop_reason").putNull("stop_sequence");
    begun.set("usage", usage(answer, 1));
    ObjectNode start = JSON.createObjectNode().put("type", "message_start");
    var pieces = new ArrayList<String>();
    int index = 0;
    if (!answer.thought().isEmpty()) {
      ObjectNode block =
          JSON.createObjectNode().put("type", "thinking").put("thinking", "").put("signature", "");
      var deltas = new ArrayList<ObjectNode>();
      for (String part : Answer.pieces(answer.thought())) {
        deltas.add(delta("thinking_delta", "thinking", part));
      }
      deltas.add(delta("signature_delta", "signature", SIGNATURE));
      block(index++, block, deltas, pieces);
    }
    if (!answer.text().isEmpty()) {
      block(
          index++,
          JSON.createObjectNode().put("type", "text").put("text", ""),
          answer.textPieces().stream().map(p -> delta("text_delta", "text", p)).toList(),
          pieces);
    }
    for (JsonNode call : answer.calls()) {
      ObjectNode block = toolUse(call);
      block.putObject("input");
      var deltas = new ArrayList<ObjectNode>();
      // It begins so; a call without arguments has nothing else.
      deltas.add(delta("input_json_delta", "partial_json", ""));
      if (!arguments(call).isEmpty()) {
        for (String part : Answer.pieces(arguments(call).toString())) {
          deltas.add(delta("input_json_delta", "partial_json", part));
        }
      }
      block(index++, block, deltas, pieces);
    }
    ObjectNode end = JSON.createObjectNode().put("type", "message_delta");
    end.putObject("delta").put("stop_reason", stopReason(answer)).putNull("stop_sequence");
    end.set("usage", usage(answer, answer.completionTokens()));
    return new Told(
        event(start.set("message", begun)) + event(JSON.createObjectNode().put("type", "ping")),
        pieces,
        event(end) + event(JSON.createObjectNode().put("type", "message_stop")));
  }

  private static void block(
      int index, ObjectNode block, List<ObjectNode> deltas, List<String> pieces) {
    ObjectNode start = JSON.createObjectNode().put("type", "content_block_start");
    String before = event(start.put("index", index).set("content_block", block));
    for (int i = 0; i < deltas.size(); i++) {
      ObjectNode delta = JSON.createObjectNode().put("type", "content_block_delta");
      String piece = event(delta.put("index", index).set("delta", deltas.get(i)));
      ObjectNode stop = JSON.createObjectNode().put("type", "content_block_stop");
      String after = i == deltas.size() - 1 ? event(stop.put("index", index)) : "";
      pieces.add((i == 0 ? before : "") + piece + after);
    }
  }

  @Override
  public String error(int status, String message) {
    ObjectNode body = JSON.createObjectNode().put("type", "error");
    body.putObject("error")
        .put(
            "type",
            switch (status) {
              case 401 -> "authentication_error";
              case 402 -> "billing_error";
              case 403 -> "permission_error";
              case 404 -> "not_found_error";
              case 413 -> "request_too_large";
              case 429 -> "rate_limit_error";
              case 529 -> "overloaded_error";
              default -> status < 500 ? "invalid_request_error" : "api_error";
            })
        .put("message", message);
    return body.put("request_id", "req_upstream").toString();
  }

  @Override
  public String tooLong() {
    return error(400, "prompt is too long: 250000 tokens > 200000 maximum");
  }

  private static ObjectNode message(Answer answer) {
    return JSON.createObjectNode()
        .put("id", "msg_" + answer.number())
        .put("type", "message")
        .put("role", "assistant")
        .put("model", answer.model());
  }

  private static ObjectNode toolUse(JsonNode call) {
    return JSON.createObjectNode()
        .put("type", "tool_use")
        .put("id", call.path("id").asText())
        .put("name", call.path("function").path("name").asText());
  }

  static JsonNode arguments(JsonNode call) {
    try {
      return JSON.readTree(call.path("function").path("arguments").asText("{}"));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("arguments of a scripted call must be JSON: " + call, e);
    }
  }

  private static ObjectNode delta(String type, String field, String piece) {
    return JSON.createObjectNode().put("type", type).put(field, piece);
  }

  private static String event(ObjectNode data) {
    return "event: " + data.path("type").asText() + "\ndata: " + data + "\n\n";
  }

  private static String stopReason(Answer answer) {
    if (answer.filtered()) {
      return "refusal";
    }
    if (!answer.calls().isEmpty()) {
      return "tool_use";
    }
    return answer.cutByLimit() ? "max_tokens" : "end_turn";
  }

  private static ObjectNode usage(Answer answer, long output) {
    return JSON.createObjectNode()
        .put("input_tokens", answer.promptTokens() - answer.cachedTokens())
        .put("cache_creation_input_tokens", 0)
        .put("cache_read_input_tokens", answer.cachedTokens())
        .put("output_tokens", output);
  }
}
