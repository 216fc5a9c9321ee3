package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole chat completion as a response. */
final class ResponseWriter {
  private ResponseWriter() {}

  static ObjectNode write(ObjectNode completion, Settings settings) {
    JsonNode choice = completion.path("choices").path(0);
    JsonNode said = choice.path("message");
    String finish = choice.path("finish_reason").textValue();
    var names = new ItemNames(completion);
    ObjectNode response = head(completion, settings);
    ArrayNode output = Json.object().putArray("output");
    String thought = settings.showsThoughts() ? thought(said) : "";
    if (!thought.isEmpty()) {
      output.add(Item.reasoning(names.next("rs"), thought, "completed"));
    }
    String text = said.path("content").asText("");
    String refusal = said.path("refusal").asText("");
    boolean calls = !said.path("tool_calls").isEmpty();
    if (!text.isEmpty() || !refusal.isEmpty()) {
      String status = calls ? "completed" : statusOfLast(finish);
      output.add(Item.message(names.next("msg"), text, refusal, status));
    }
    for (JsonNode call : said.path("tool_calls")) {
      JsonNode function = call.path("function");
      output.add(
          Item.call(
              names.next("fc"),
              call.path("id").asText(""),
              function.path("name").asText(""),
              function.path("arguments").asText(""),
              statusOfLast(finish)));
    }
    end(response, finish, output, completion);
    return response;
  }

  /** What a response begins with, from a completion or a chunk of one. */
  static ObjectNode head(JsonNode completion, Settings settings) {
    ObjectNode head = Json.object();
    head.put("id", "resp_" + ItemNames.base(completion)).put("object", "response");
    head.put("created_at", completion.path("created").asLong(0)).put("status", "in_progress");
    head.putNull("error").putNull("incomplete_details");
    head.put("model", completion.path("model").asText(""));
    head.putArray("output");
    settings.writeTo(head);
    return head;
  }

  /**
   * Ends a response as its answer did.
   *
   * @param finish OpenAI's word; null when there was none
   * @param facts what has {@code usage}, and perhaps {@code route}
   */
  static void end(ObjectNode response, @Nullable String finish, ArrayNode output, JsonNode facts) {
    String why = whyIncomplete(finish);
    response.put("status", why == null ? "completed" : "incomplete");
    if (why != null) {
      response.putObject("incomplete_details").put("reason", why);
    }
    response.set("output", output);
    response.set("usage", usage(facts.path("usage")));
    if (facts.has("route")) {
      response.set("route", facts.path("route"));
    }
  }

  /** Status of the item an answer ended in. */
  static String statusOfLast(@Nullable String finish) {
    return whyIncomplete(finish) == null ? "completed" : "incomplete";
  }

  /** Null for an answer that came to its own end. */
  private static @Nullable String whyIncomplete(@Nullable String finish) {
    return switch (finish) {
      case "length" -> "max_output_tokens";
      case "content_filter" -> "content_filter";
      case null, default -> null;
    };
  }

  /** What a model told of its thoughts; providers do not agree about the name. */
  static String thought(JsonNode said) {
    for (String name : List.of("reasoning_content", "reasoning")) {
      if (said.path(name).isTextual() && !said.path(name).textValue().isEmpty()) {
        return said.path(name).textValue();
      }
    }
    return "";
  }

  /** Counts that nobody gave are 0, because clients insist on a number. */
  private static ObjectNode usage(JsonNode usage) {
    long input = count(usage.path("prompt_tokens"));
    long output = count(usage.path("completion_tokens"));
    JsonNode details = usage.path("prompt_tokens_details");
    ObjectNode said = Json.object().put("input_tokens", input);
    said.putObject("input_tokens_details")
        .put("cached_tokens", count(details.path("cached_tokens")))
        .put("cache_write_tokens", count(details.path("cache_write_tokens")));
    said.put("output_tokens", output);
    said.putObject("output_tokens_details")
        .put(
            "reasoning_tokens",
            count(usage.path("completion_tokens_details").path("reasoning_tokens")));
    said.put("total_tokens", input + output);
    if (usage.has("cost")) {
      said.set("cost", usage.path("cost"));
    }
    return said;
  }

  private static long count(JsonNode count) {
    return count.isIntegralNumber() ? Math.max(0, count.longValue()) : 0;
  }
}
