package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.chat.StreamWording;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a stream as the events of a message. One block is open at a time, except when a
 * provider mixes the pieces of several calls: those stay open until their arguments are whole.
 */
final class MessageEvents implements StreamWording {
  private static final byte[] PING = SseEvent.named("ping", "{\"type\":\"ping\"}").bytes();

  private final boolean withThoughts;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Indexes of blocks of calls, by the call's own index; those that are open. */
  private final Map<Integer, Call> calls = new LinkedHashMap<>();

  private final Map<Integer, Integer> blocksOfCalls = new HashMap<>();

  /** Indexes of thoughts that Anthropic signs: their format is said once, when they begin. */
  private final Set<Integer> signedThoughts = new HashSet<>();

  private int blocks;
  private @Nullable Kind open;
  private int openThought;
  private boolean begun;
  private boolean called;
  private @Nullable String finish;

  private enum Kind {
    TEXT,
    /** A thought that is not signed, or not yet. */
    THOUGHT
  }

  private record Call(int block, StringBuilder arguments) {
    boolean isWhole() {
      try {
        return Json.parse(arguments.toString()).isObject();
      } catch (NotJson e) {
        return false;
      }
    }
  }

  /**
   * @param withThoughts whether thoughts that nobody has signed are shown
   */
  MessageEvents(boolean withThoughts) {
    this.withThoughts = withThoughts;
  }

  @Override
  public byte[] chunk(String data, ObjectNode chunk) {
    begin(chunk);
    JsonNode choice = chunk.path("choices").path(0);
    JsonNode delta = choice.path("delta");
    think(delta);
    text(delta.path("content"));
    text(delta.path("refusal"));
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
    return PING;
  }

  @Override
  public byte[] end(ObjectNode usage) {
    begin(usage);
    closeBlock();
    closeCalls(false);
    ObjectNode end = Json.object().put("type", "message_delta");
    end.putObject("delta")
        .put("stop_reason", StopReason.of(finish, called))
        .putNull("stop_sequence");
    end.set("usage", MessageUsage.of(usage.path("usage")));
    if (usage.has("route")) {
      end.set("route", usage.path("route"));
    }
    write(end);
    write(Json.object().put("type", "message_stop"));
    return taken();
  }

  private void begin(JsonNode chunk) {
    if (begun) {
      return;
    }
    begun = true;
    ObjectNode message = MessageWriter.head(chunk);
    message.putArray("content");
    message.putNull("stop_reason").putNull("stop_sequence");
    // What is not known yet is told at the end.
    message.set("usage", MessageUsage.none());
    write(Json.object().put("type", "message_start").set("message", message));
  }

  private void think(JsonNode delta) {
    boolean signed = false;
    for (JsonNode detail : delta.path("reasoning_details")) {
      if (isSigned(detail)) {
        signed = true;
        thought(detail);
      }
    }
    String thought = MessageWriter.thought(delta);
    if (!signed && withThoughts && !thought.isEmpty()) {
      openThought(-1);
      delta("thinking_delta", "thinking", thought);
    }
  }

  private boolean isSigned(JsonNode detail) {
    int which = detail.path("index").asInt(0);
    if (detail.path("format").isTextual()) {
      if (detail.path("format").textValue().equals(Thoughts.FORMAT)) {
        signedThoughts.add(which);
      } else {
        signedThoughts.remove(which);
      }
    }
    return signedThoughts.contains(which);
  }

  private void thought(JsonNode detail) {
    if (detail.path("type").asText().equals(Thoughts.ENCRYPTED)) {
      closeBlock();
      closeCalls(true);
      ObjectNode block = Json.object().put("type", "redacted_thinking");
      start(block.set("data", detail.path("data")));
      stop(blocks - 1);
      return;
    }
    openThought(detail.path("index").asInt(0));
    if (!detail.path("text").asText("").isEmpty()) {
      delta("thinking_delta", "thinking", detail.path("text").asText());
    }
    if (!detail.path("signature").asText("").isEmpty()) {
      delta("signature_delta", "signature", detail.path("signature").asText());
    }
  }

  /**
   * @param which a further one is a block of its own
   */
  private void openThought(int which) {
    if (open == Kind.THOUGHT && openThought == which) {
      return;
    }
    closeBlock();
    closeCalls(true);
    start(Json.object().put("type", "thinking").put("thinking", "").put("signature", ""));
    open = Kind.THOUGHT;
    openThought = which;
  }

  private void text(JsonNode text) {
    if (!text.isTextual() || text.textValue().isEmpty()) {
      return;
    }
    if (open != Kind.TEXT) {
      closeBlock();
      closeCalls(true);
      start(Json.object().put("type", "text").put("text", ""));
      open = Kind.TEXT;
    }
    delta("text_delta", "text", text.textValue());
  }

  private void call(JsonNode piece) {
    int which = piece.path("index").asInt(0);
    if (!blocksOfCalls.containsKey(which)) {
      closeBlock();
      closeCalls(true);
      ObjectNode block =
          MessageWriter.call(
              piece.path("id").asText("call_" + which),
              piece.path("function").path("name").asText(""));
      calls.put(which, new Call(blocks, new StringBuilder()));
      blocksOfCalls.put(which, blocks);
      called = true;
      start(block);
    }
    String arguments = piece.path("function").path("arguments").asText("");
    Integer block = blocksOfCalls.get(which);
    if (arguments.isEmpty() || block == null) {
      return;
    }
    Call call = calls.get(which);
    if (call != null) {
      call.arguments().append(arguments);
    }
    delta(block, "input_json_delta", "partial_json", arguments);
  }

  private void start(ObjectNode block) {
    ObjectNode event = Json.object().put("type", "content_block_start").put("index", blocks++);
    write(event.set("content_block", block));
  }

  private void delta(String type, String field, String piece) {
    delta(blocks - 1, type, field, piece);
  }

  private void delta(int block, String type, String field, String piece) {
    ObjectNode event = Json.object().put("type", "content_block_delta").put("index", block);
    event.putObject("delta").put("type", type).put(field, piece);
    write(event);
  }

  private void closeBlock() {
    if (open != null) {
      stop(blocks - 1);
      open = null;
    }
  }

  /**
   * @param onlyWhole leaves calls open of which more is to come
   */
  private void closeCalls(boolean onlyWhole) {
    calls
        .values()
        .removeIf(
            call -> {
              boolean close = !onlyWhole || call.isWhole();
              if (close) {
                stop(call.block());
              }
              return close;
            });
  }

  private void stop(int block) {
    write(Json.object().put("type", "content_block_stop").put("index", block));
  }

  private void write(JsonNode event) {
    String data = new String(Json.plainBytes(event), StandardCharsets.UTF_8);
    out.writeBytes(SseEvent.named(event.path("type").asText(), data).bytes());
  }

  private byte[] taken() {
    byte[] bytes = out.toByteArray();
    out.reset();
    return bytes;
  }
}
