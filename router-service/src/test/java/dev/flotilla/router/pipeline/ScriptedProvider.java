package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.RunningRouter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Answers as provider-service does: each call costs {@value #COST} nano-dollars, and one that
 * carries a key it has answered gets the same answer again for nothing.
 */
final class ScriptedProvider implements RunningRouter.Provider {
  static final long COST = 1_000;

  /** What a model says. */
  interface Script {
    /**
     * @param prompt all that it is told, one message per line
     * @return null to answer with 500
     */
    String say(Call call, String prompt) throws InterruptedException;
  }

  /** A call that was made, in the order in which they came. */
  record Call(String step, String run, String key, String prompt, ObjectNode body) {}

  final List<Call> calls = new CopyOnWriteArrayList<>();

  /** Those that were paid for. */
  final List<Call> paid = new CopyOnWriteArrayList<>();

  private final Map<String, String> answered = new ConcurrentHashMap<>();
  private final Script script;

  ScriptedProvider(Script script) {
    this.script = script;
  }

  /** One that says what its prompt ends with. */
  static ScriptedProvider echoing() {
    return new ScriptedProvider(
        (call, prompt) -> "about " + prompt.substring(prompt.lastIndexOf(' ') + 1).strip());
  }

  List<String> steps() {
    return paid.stream().map(Call::step).toList();
  }

  @Override
  public void answer(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestURI().getPath().equals("/v1/chat/completions")) {
      RunningRouter.send(exchange, 404, "{}");
      return;
    }
    ObjectNode body;
    try {
      body = Json.parseObject(exchange.getRequestBody().readAllBytes());
    } catch (NotJson e) {
      throw new IllegalStateException(e);
    }
    var prompt = new StringBuilder();
    body.path("messages").forEach(m -> prompt.append(m.path("content").asText()).append('\n'));
    String key = header(exchange, "x-flotilla-idempotency");
    var call =
        new Call(
            header(exchange, "x-flotilla-step"),
            header(exchange, "x-flotilla-run"),
            key,
            prompt.toString(),
            body);
    calls.add(call);
    String known = answered.get(key);
    try {
      String text = known;
      if (text == null) {
        text = script.say(call, prompt.toString().strip());
        if (text == null) {
          RunningRouter.send(
              exchange,
              503,
              "{\"error\":{\"outcome\":\"server_error\",\"message\":\"broken\",\"retry_after_ms\":10}}");
          return;
        }
        paid.add(call);
        answered.put(key, text);
      }
      String attempts =
          "[{\"attempt_id\":\"%s\",\"model\":\"up/m\",\"outcome\":\"ok\",\"status\":200,\"ms\":1,\"cost_nanos\":%d}]"
              .formatted(Integer.toHexString(key.hashCode()), COST);
      if (body.path("stream").asBoolean()) {
        stream(exchange, text, attempts);
        return;
      }
      exchange.getResponseHeaders().set("x-flotilla-attempts", attempts);
      ObjectNode answer = Json.object().put("id", "1").put("object", "chat.completion");
      answer.put("created", 1).put("model", "m");
      ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
      choice.put("finish_reason", "stop");
      choice.putObject("message").put("role", "assistant").put("content", text);
      answer.putObject("usage").put("prompt_tokens", 10).put("completion_tokens", 5);
      RunningRouter.send(exchange, 200, Json.text(answer));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  /** Word by word. */
  private static void stream(HttpExchange exchange, String text, String attempts)
      throws IOException {
    var events = new StringBuilder();
    for (String word : text.split("(?<= )")) {
      ObjectNode chunk = Json.object().put("id", "1").put("object", "chat.completion.chunk");
      chunk.putArray("choices").addObject().put("index", 0).putObject("delta").put("content", word);
      events.append("data: ").append(Json.text(chunk)).append("\n\n");
    }
    events.append(
        "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
    events.append(
        "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5}}\n\n");
    events.append(": flotilla ").append(attempts).append("\n\ndata: [DONE]\n\n");
    byte[] bytes = events.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }
}
