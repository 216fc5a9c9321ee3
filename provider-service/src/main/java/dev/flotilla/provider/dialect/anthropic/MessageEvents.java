package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.provider.dialect.EventStream;
import dev.flotilla.provider.dialect.OpenAiUsage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns the events of a message into chunks. Nothing is said before the model says something, so
 * that an error until then can still be a plain one. Used by one thread.
 */
final class MessageEvents implements EventStream.Meaning {
  private final Model model;
  private final long created;
  private final ObjectNode usage = Json.object();
  private final Map<Integer, Call> calls = new HashMap<>();
  private @Nullable ObjectNode message;
  private boolean begun;
  private boolean hasText;

  /** A tool's call of which the arguments are coming. */
  private static final class Call {
    final int index;
    boolean hasArguments;

    Call(int index) {
      this.index = index;
    }
  }

  /**
   * @param created Unix seconds; Anthropic does not say
   */
  MessageEvents(Model model, long created) {
    this.model = model;
    this.created = created;
  }

  @Override
  public List<Part> of(SseEvent event) throws NotJson {
    JsonNode data = Json.parse(event.data());
    String type = data.path("type").asText(event.name());
    if (type.equals("ping")) {
      return List.of(new Part.Alive());
    }
    if (type.equals("error")) {
      return List.of(
          new Part.Broken(
              "the provider reported an error in the middle of its answer",
              ErrorReader.inStream(data.path("error"))));
    }
    if (type.equals("message_start")) {
      if (data.path("message") instanceof ObjectNode started) {
        message = started;
        note(started.path("usage"));
      }
      return List.of();
    }
    if (message == null) {
      return List.of(new Part.Broken("the provider's answer has no beginning"));
    }
    var parts = new ArrayList<Part>();
    if (!begun) {
      begun = true;
      parts.add(delta(Json.object().put("role", "assistant").put("content", ""), null));
      AttemptUsage soFar = counted();
      if (soFar != null) {
        parts.add(new Part.Counted(soFar));
      }
    }
    int index = data.path("index").asInt();
    switch (type) {
      case "content_block_start" -> start(index, data.path("content_block"), parts);
      case "content_block_delta" -> goOn(index, data.path("delta"), parts);
      case "content_block_stop" -> {
        Call call = calls.get(index);
        if (call != null && !call.hasArguments) {
          // A call without arguments has none, which is no JSON.
          parts.add(arguments(call, "{}"));
        }
      }
      case "message_delta" -> end(data, parts);
      case "message_stop" -> parts.add(new Part.End());
      // An event that is newer than this.
      default -> parts.add(new Part.Alive());
    }
    return parts;
  }

  @Override
  public Part atEnd() {
    return new Part.Broken("the provider's answer ended without its last event");
  }

  private void start(int index, JsonNode block, List<Part> parts) {
    switch (block.path("type").asText()) {
      case "text" -> text(block.path("text"), parts);
      case "thinking" -> parts.add(detail(Thoughts.begun(index)));
      case "redacted_thinking" -> parts.add(detail(Thoughts.encrypted(index, block.path("data"))));
      case "tool_use" -> {
        var call = new Call(calls.size());
        calls.put(index, call);
        ObjectNode started = Json.object().put("index", call.index);
        started.set("id", block.path("id"));
        ObjectNode function = started.put("type", "function").putObject("function");
        function.set("name", block.path("name"));
        function.put("arguments", "");
        parts.add(call(started));
        if (!block.path("input").isEmpty()) {
          parts.add(arguments(call, Json.text(block.path("input"))));
        }
      }
      // Blocks of tools that run at Anthropic, which this dialect never offers.
      default -> {}
    }
  }

  private void goOn(int index, JsonNode delta, List<Part> parts) {
    switch (delta.path("type").asText()) {
      case "text_delta" -> text(delta.path("text"), parts);
      case "input_json_delta" -> {
        Call call = calls.get(index);
        String piece = delta.path("partial_json").asText();
        if (call != null && !piece.isEmpty()) {
          parts.add(arguments(call, piece));
        }
      }
      case "thinking_delta" -> {
        ObjectNode said = Json.object();
        said.set("reasoning_content", delta.path("thinking"));
        ObjectNode detail = Thoughts.more(index);
        said.putArray("reasoning_details")
            .add(detail.<ObjectNode>set("text", delta.path("thinking")));
        parts.add(delta(said, null));
      }
      case "signature_delta" -> {
        ObjectNode detail = Thoughts.more(index);
        parts.add(detail(detail.set("signature", delta.path("signature"))));
      }
      default -> parts.add(new Part.Alive());
    }
  }

  private void end(JsonNode data, List<Part> parts) {
    note(data.path("usage"));
    String stop = data.path("delta").path("stop_reason").textValue();
    if (stop != null) {
      ObjectNode last = Json.object();
      String refusal =
          Finish.refusal(stop, data.at("/delta/stop_details/explanation").textValue(), hasText);
      if (refusal != null) {
        last.put("refusal", refusal);
      }
      parts.add(delta(last, Finish.of(stop)));
    }
    ObjectNode counted = NativeUsage.toOpenAi(usage);
    if (counted != null) {
      ObjectNode chunk = chunk();
      chunk.putArray("choices");
      chunk.set("usage", counted);
      parts.add(new Part.Chunk(chunk));
    }
  }

  private void text(JsonNode text, List<Part> parts) {
    if (!text.asText().isEmpty()) {
      hasText = true;
      parts.add(delta(Json.object().set("content", text), null));
    }
  }

  private Part arguments(Call call, String piece) {
    call.hasArguments = true;
    ObjectNode more = Json.object().put("index", call.index);
    more.putObject("function").put("arguments", piece);
    return call(more);
  }

  private Part call(ObjectNode call) {
    ObjectNode said = Json.object();
    said.putArray("tool_calls").add(call);
    return delta(said, null);
  }

  private Part detail(ObjectNode detail) {
    ObjectNode said = Json.object();
    said.putArray("reasoning_details").add(detail);
    return delta(said, null);
  }

  private Part delta(ObjectNode said, @Nullable String finish) {
    ObjectNode chunk = chunk();
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", said);
    choice.putNull("logprobs").put("finish_reason", finish);
    return new Part.Chunk(chunk);
  }

  private ObjectNode chunk() {
    ObjectNode chunk = Json.object();
    JsonNode of = message == null ? Json.object() : message;
    chunk.set("id", of.path("id"));
    chunk.put("object", "chat.completion.chunk").put("created", created);
    return chunk.set("model", of.path("model"));
  }

  /** Counts are totals, not sums: what is said again replaces what was said before. */
  private void note(JsonNode said) {
    for (var field : said.properties()) {
      if (!field.getValue().isNull()) {
        usage.set(field.getKey(), field.getValue());
      }
    }
  }

  private @Nullable AttemptUsage counted() {
    ObjectNode said = NativeUsage.toOpenAi(usage);
    return said == null ? null : OpenAiUsage.read(said, model.contextTokens());
  }
}
