package dev.flotilla.provider.dialect.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The answer that follows from a request. Tokens are counted by a rule anybody can redo: four
 * characters are one, rounded up; a quarter of all prompts, chosen by hash, has half of its tokens
 * in the prompt cache.
 *
 * @param tool name of the function that is called; null for an answer in words
 * @param text the answer's words, or the function's arguments
 */
record Invention(
    String id,
    String model,
    long created,
    @Nullable String tool,
    String text,
    String finishReason,
    long promptTokens,
    long cachedTokens,
    long completionTokens) {

  private static final int CHARS_PER_TOKEN = 4;
  private static final int CHUNK_CHARS = 24;
  private static final int MOST_WORDS_ECHOED = 6;
  private static final int LEAST_WORD_LENGTH = 5;
  private static final List<String> SENTENCES =
      List.of(
          "The short answer is that it depends on the workload.",
          "Two causes are likely, and the first is easy to rule out.",
          "A table of the figures would show the same trend.",
          "Nothing in the question contradicts the earlier result.",
          "The next step is to measure before changing anything.",
          "Costs grow with the length of the input, not with its difficulty.",
          "A smaller sample would have led to the same conclusion.",
          "The edge cases deserve a test of their own.");

  static Invention of(Question question, long created) {
    ObjectNode request = question.body();
    String prompt = prompt(request);
    String model = question.model().upstream();
    int hash = (model + "\n" + prompt).hashCode();
    String tool = forcedTool(request);
    String whole = tool == null ? words(request, prompt, hash) : arguments(request, tool, hash);
    int limit =
        request
            .path("max_completion_tokens")
            .asInt(request.path("max_tokens").asInt(Integer.MAX_VALUE));
    boolean cut = limit > 0 && tokens(whole) > limit;
    String text = cut ? whole.substring(0, limit * CHARS_PER_TOKEN) : whole;
    long promptTokens = Math.max(1, tokens(prompt));
    return new Invention(
        "chatcmpl-sim-%08x".formatted(hash),
        model,
        created,
        tool,
        text,
        cut ? "length" : tool == null ? "stop" : "tool_calls",
        promptTokens,
        Math.floorMod(prompt.hashCode(), 4) == 0 ? promptTokens / 2 : 0,
        tokens(text));
  }

  ObjectNode completion() {
    ObjectNode body = frame("chat.completion");
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finishReason);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    if (tool == null) {
      message.put("content", text);
    } else {
      message.putNull("content").putArray("tool_calls").add(toolCall(tool, text));
    }
    body.set("usage", usage());
    return body;
  }

  /** At least three: the first, with the role; one with the finish reason; one with the usage. */
  List<ObjectNode> chunks() {
    var chunks = new ArrayList<ObjectNode>();
    if (tool != null) {
      ObjectNode delta = delta(chunks, null).put("role", "assistant");
      delta.putArray("tool_calls").add(toolCall(tool, text).put("index", 0));
    } else {
      for (int from = 0; from == 0 || from < text.length(); from += CHUNK_CHARS) {
        ObjectNode delta = delta(chunks, null);
        if (from == 0) {
          delta.put("role", "assistant");
        }
        delta.put("content", text.substring(from, Math.min(from + CHUNK_CHARS, text.length())));
      }
    }
    delta(chunks, finishReason);
    ObjectNode last = frame("chat.completion.chunk");
    last.putArray("choices");
    last.set("usage", usage());
    chunks.add(last);
    return chunks;
  }

  private ObjectNode delta(List<ObjectNode> chunks, @Nullable String finish) {
    ObjectNode chunk = frame("chat.completion.chunk");
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    ObjectNode delta = choice.putObject("delta");
    choice.put("finish_reason", finish);
    chunks.add(chunk);
    return delta;
  }

  private ObjectNode frame(String object) {
    return Json.object()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model);
  }

  private ObjectNode usage() {
    ObjectNode usage =
        Json.object()
            .put("prompt_tokens", promptTokens)
            .put("completion_tokens", completionTokens)
            .put("total_tokens", promptTokens + completionTokens);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cachedTokens);
    return usage;
  }

  private ObjectNode toolCall(String name, String arguments) {
    ObjectNode call = Json.object().put("id", "call_" + id).put("type", "function");
    call.putObject("function").put("name", name).put("arguments", arguments);
    return call;
  }

  private static String words(ObjectNode request, String prompt, int hash) {
    JsonNode format = request.path("response_format");
    return switch (format.path("type").asText()) {
      case "json_schema" ->
          Json.text(new SchemaInstance(format.path("json_schema").path("schema"), hash).root());
      case "json_object" -> Json.text(Json.object().put("answer", sentences(prompt, hash)));
      default -> sentences(prompt, hash);
    };
  }

  private static String sentences(String prompt, int hash) {
    var text = new StringBuilder("[simulated] You asked about ").append(topics(prompt)).append('.');
    int count = 1 + Math.floorMod(hash, 4);
    for (int i = 0; i < count; i++) {
      text.append(' ').append(SENTENCES.get(Math.floorMod(hash + i * 5, SENTENCES.size())));
    }
    return text.toString();
  }

  /** The longer words of the prompt's end, where the question usually stands. */
  private static String topics(String prompt) {
    String end = prompt.substring(Math.max(0, prompt.length() - 2_000));
    List<String> words =
        Arrays.stream(end.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
            .filter(word -> word.length() >= LEAST_WORD_LENGTH)
            .distinct()
            .toList();
    List<String> last = words.subList(Math.max(0, words.size() - MOST_WORDS_ECHOED), words.size());
    return last.isEmpty() ? "something short" : String.join(", ", last);
  }

  private static String prompt(ObjectNode request) {
    var prompt = new StringBuilder();
    for (JsonNode message : request.path("messages")) {
      JsonNode content = message.path("content");
      prompt.append(content.asText(""));
      for (JsonNode part : content) {
        prompt.append(part.path("text").asText(""));
      }
      prompt.append('\n');
    }
    return prompt.toString().strip();
  }

  /** A function is called only when the request insists on one; null otherwise. */
  private static @Nullable String forcedTool(ObjectNode request) {
    JsonNode choice = request.path("tool_choice");
    if (choice.isObject()) {
      return choice.path("function").path("name").textValue();
    }
    return choice.asText().equals("required")
        ? request.path("tools").path(0).path("function").path("name").textValue()
        : null;
  }

  private static String arguments(ObjectNode request, String tool, int hash) {
    for (JsonNode each : request.path("tools")) {
      JsonNode function = each.path("function");
      if (function.path("name").asText().equals(tool)) {
        return Json.text(new SchemaInstance(function.path("parameters"), hash).root());
      }
    }
    return "{}";
  }

  private static long tokens(String text) {
    return (text.length() + CHARS_PER_TOKEN - 1L) / CHARS_PER_TOKEN;
  }
}
