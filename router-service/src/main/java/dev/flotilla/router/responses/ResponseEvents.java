package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.chat.StreamWording;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a stream as the events of a response. One message or thought is open at a time;
 * calls stay open until the end, because providers may mix their pieces.
 */
final class ResponseEvents implements StreamWording {
  private static final byte[] KEEP_ALIVE = SseEvent.comment("keep-alive").bytes();

  private final Settings settings;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Finished items, and in the place of unfinished ones what is there of them. */
  private final ArrayNode output = Json.object().putArray("output");

  private final Map<Integer, Call> calls = new LinkedHashMap<>();
  private int sequence;
  private ObjectNode head = Json.object();
  private ItemNames names = new ItemNames(head);
  private @Nullable Open open;
  private @Nullable String finish;

  /** What is being said: its pieces so far. */
  private static final class Open {
    final PartKind kind;
    final String item;
    final int index;
    final StringBuilder text = new StringBuilder();

    Open(PartKind kind, String item, int index) {
      this.kind = kind;
      this.item = item;
      this.index = index;
    }
  }

  /** What can be open, and what its events are called. */
  private enum PartKind {
    TEXT("output_text", "text"),
    REFUSAL("refusal", "refusal"),
    THOUGHT("reasoning_text", "text");

    final String word;
    final String field;

    PartKind(String word, String field) {
      this.word = word;
      this.field = field;
    }

    ObjectNode part(String text) {
      return switch (this) {
        case TEXT -> Item.textPart(text);
        case REFUSAL -> Item.refusalPart(text);
        case THOUGHT -> Item.thoughtPart(text);
      };
    }

    ObjectNode item(String id, String text, String status) {
      return switch (this) {
        case TEXT -> Item.message(id, text, "", status);
        case REFUSAL -> Item.message(id, "", text, status);
        case THOUGHT -> Item.reasoning(id, text, status);
      };
    }
  }

  private record Call(String item, int index, String id, String name, StringBuilder arguments) {
    ObjectNode item(String status) {
      return Item.call(item, id, name, arguments.toString(), status);
    }
  }

  ResponseEvents(Settings settings) {
    this.settings = settings;
  }

  @Override
  public byte[] chunk(String data, ObjectNode chunk) {
    begin(chunk);
    JsonNode choice = chunk.path("choices").path(0);
    JsonNode delta = choice.path("delta");
    if (settings.showsThoughts()) {
      say(PartKind.THOUGHT, ResponseWriter.thought(delta));
    }
    say(PartKind.TEXT, delta.path("content").asText(""));
    say(PartKind.REFUSAL, delta.path("refusal").asText(""));
    for (JsonNode piece : delta.path("tool_calls")) {
      call(piece);
    }
    if (choice.path("finish_reason").isTextual()) {
      finish = choice.path("finish_reason").textValue();
    }
    return taken();
  }

  @Override
  public byte[] keepAlive() {
    return KEEP_ALIVE;
  }

  @Override
  public byte[] end(ObjectNode usage) {
    begin(usage);
    String status = ResponseWriter.statusOfLast(finish);
    close(calls.isEmpty() ? status : "completed");
    calls.values().forEach(call -> close(call, status));
    ObjectNode response = head.deepCopy();
    ResponseWriter.end(response, finish, output, usage);
    about("response." + response.path("status").asText(), response);
    return taken();
  }

  @Override
  public byte[] broken(ObjectNode told) {
    JsonNode error = told.path("error");
    begin(Json.object());
    settle();
    ObjectNode response = head.deepCopy().put("status", "failed");
    response
        .putObject("error")
        .put("code", "server_error")
        .put("message", error.path("message").asText());
    response.set("output", output);
    about("response.failed", response);
    // Who does not look for a failed response still notices this: OpenAI's clients fail at any
    // event that has an 'error'.
    ObjectNode event = event("error");
    for (String field : new String[] {"code", "message", "param"}) {
      event.set(field, error.path(field));
    }
    write(event.<ObjectNode>set("error", error));
    return taken();
  }

  private void begin(JsonNode chunk) {
    if (!head.isEmpty()) {
      return;
    }
    head = ResponseWriter.head(chunk, settings);
    names = new ItemNames(chunk);
    about("response.created", head);
    about("response.in_progress", head);
  }

  private void say(PartKind kind, String piece) {
    if (piece.isEmpty()) {
      return;
    }
    Open now = open;
    if (now == null || now.kind != kind) {
      close("completed");
      now = open(kind);
    }
    now.text.append(piece);
    ObjectNode event = place("response." + kind.word + ".delta", now).put("delta", piece);
    withProbabilities(event, kind);
    write(event);
  }

  private Open open(PartKind kind) {
    String id = names.next(kind == PartKind.THOUGHT ? "rs" : "msg");
    ObjectNode item = kind.item(id, "", "in_progress");
    var now = new Open(kind, id, output.size());
    output.add(item);
    ofItem("response.output_item.added", now.index, item);
    write(place("response.content_part.added", now).<ObjectNode>set("part", kind.part("")));
    open = now;
    return now;
  }

  private void close(String status) {
    Open now = open;
    if (now == null) {
      return;
    }
    open = null;
    String text = now.text.toString();
    ObjectNode event = place("response." + now.kind.word + ".done", now).put(now.kind.field, text);
    withProbabilities(event, now.kind);
    write(event);
    write(place("response.content_part.done", now).<ObjectNode>set("part", now.kind.part(text)));
    ObjectNode item = now.kind.item(now.item, text, status);
    output.set(now.index, item);
    ofItem("response.output_item.done", now.index, item);
  }

  private void call(JsonNode piece) {
    int which = piece.path("index").asInt(0);
    JsonNode function = piece.path("function");
    Call call = calls.get(which);
    if (call == null) {
      close("completed");
      call =
          new Call(
              names.next("fc"),
              output.size(),
              piece.path("id").asText("call_" + which),
              function.path("name").asText(""),
              new StringBuilder());
      calls.put(which, call);
      output.add(call.item("in_progress"));
      ofItem("response.output_item.added", call.index(), call.item("in_progress"));
    }
    String arguments = function.path("arguments").asText("");
    if (!arguments.isEmpty()) {
      call.arguments().append(arguments);
      write(place("response.function_call_arguments.delta", call).put("delta", arguments));
    }
  }

  private void close(Call call, String status) {
    write(
        place("response.function_call_arguments.done", call)
            .put("name", call.name())
            .put("arguments", call.arguments().toString()));
    ObjectNode item = call.item(status);
    output.set(call.index(), item);
    ofItem("response.output_item.done", call.index(), item);
  }

  /** What is there of items that will never be whole. */
  private void settle() {
    if (open != null) {
      output.set(open.index, open.kind.item(open.item, open.text.toString(), "incomplete"));
      open = null;
    }
    calls.values().forEach(call -> output.set(call.index(), call.item("incomplete")));
  }

  private void about(String type, ObjectNode response) {
    write(event(type).<ObjectNode>set("response", response));
  }

  private void ofItem(String type, int index, ObjectNode item) {
    write(event(type).put("output_index", index).<ObjectNode>set("item", item));
  }

  private ObjectNode place(String type, Open now) {
    return event(type)
        .put("item_id", now.item)
        .put("output_index", now.index)
        .put("content_index", 0);
  }

  private ObjectNode place(String type, Call call) {
    return event(type).put("item_id", call.item()).put("output_index", call.index());
  }

  private static void withProbabilities(ObjectNode event, PartKind kind) {
    if (kind == PartKind.TEXT) {
      event.putArray("logprobs");
    }
  }

  private ObjectNode event(String type) {
    return Json.object().put("type", type).put("sequence_number", sequence++);
  }

  private void write(ObjectNode event) {
    String data = new String(Json.plainBytes(event), StandardCharsets.UTF_8);
    out.writeBytes(SseEvent.named(event.path("type").asText(), data).bytes());
  }

  private byte[] taken() {
    byte[] bytes = out.toByteArray();
    out.reset();
    return bytes;
  }
}
