package dev.flotilla.review.fake;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** Speaks the wire of provider-service; each model says what it was told to, in turn. */
public final class FakeProvider implements AutoCloseable {
  /** What an attempt costs here, nano-dollars. */
  public static final long ATTEMPT_NANOS = 1_500;

  /** What a model does when it is asked. */
  public sealed interface Behaviour {
    record Says(String content) implements Behaviour {}

    record Fails(int status, String outcome) implements Behaviour {}

    /** Answers nothing until it is let go. */
    record Hangs() implements Behaviour {}
  }

  /**
   * A request as it came.
   *
   * @param headers names in lower case
   */
  public record Asked(String model, ObjectNode body, Map<String, String> headers) {
    public String text() {
      return Json.text(body.path("messages"));
    }
  }

  private final HttpServer server;
  private volatile CountDownLatch held = new CountDownLatch(1);
  private final Map<String, List<Behaviour>> behaviours = new ConcurrentHashMap<>();
  private volatile Behaviour usual = new Behaviour.Says(opinion("approve"));
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  private FakeProvider(HttpServer server) {
    this.server = server;
  }

  public static FakeProvider start() {
    try {
      var server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
      var fake = new FakeProvider(server);
      server.createContext("/v1/chat/completions", fake::answer);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** From now on this model does these things, one per call, and the last one for ever. */
  public FakeProvider tell(String model, Behaviour... inTurn) {
    behaviours.put(model, new CopyOnWriteArrayList<>(inTurn));
    return this;
  }

  /** From now on whoever is told nothing else does this. */
  public void tellEverybody(Behaviour behaviour) {
    usual = behaviour;
  }

  /** Hangs up on everybody who waits for {@link Behaviour.Hangs}. */
  public void letGo() {
    CountDownLatch waited = held;
    held = new CountDownLatch(1);
    waited.countDown();
  }

  /** Nobody was told anything, and nobody was asked; who is not told approves. */
  public void forget() {
    behaviours.clear();
    usual = new Behaviour.Says(opinion("approve"));
    asked.clear();
  }

  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  public List<String> models() {
    return asked.stream().map(Asked::model).toList();
  }

  public static String opinion(String verdict, String... severities) {
    ObjectNode opinion = Json.object().put("verdict", verdict).put("score", 0.5);
    opinion.put("confidence", 0.9);
    var findings = opinion.putArray("findings");
    for (String severity : severities) {
      findings
          .addObject()
          .put("severity", severity)
          .put("criterion", "is right")
          .putNull("file")
          .put("line", 3)
          .put("claim", "a claim")
          .put("evidence", "the evidence")
          .putNull("suggestion");
    }
    return Json.text(opinion);
  }

  private void answer(HttpExchange exchange) throws IOException {
    ObjectNode body = body(exchange);
    String model = body.path("model").asText();
    var headers = new ConcurrentHashMap<String, String>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    asked.add(new Asked(model, body, headers));
    switch (next(model)) {
      case Behaviour.Says(String content) -> {
        ObjectNode answer = Json.object().put("object", "chat.completion");
        ObjectNode choice = answer.putArray("choices").addObject().put("finish_reason", "stop");
        choice.putObject("message").put("role", "assistant").put("content", content);
        send(exchange, 200, answer, attempts(model, "ok", ATTEMPT_NANOS));
      }
      case Behaviour.Fails(int status, String outcome) -> {
        ObjectNode answer = Json.object();
        answer.putObject("error").put("message", "failed as told").put("outcome", outcome);
        send(exchange, status, answer, attempts(model, outcome, 0));
      }
      case Behaviour.Hangs() -> {
        try {
          held.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        exchange.close();
      }
    }
  }

  private Behaviour next(String model) {
    List<Behaviour> told = behaviours.get(model);
    if (told == null) {
      return usual;
    }
    return told.size() > 1 ? told.removeFirst() : told.getFirst();
  }

  private static ObjectNode body(HttpExchange exchange) throws IOException {
    try {
      return Json.parseObject(exchange.getRequestBody().readAllBytes());
    } catch (NotJson e) {
      throw new IOException(e);
    }
  }

  private static String attempts(String model, String outcome, long nanos) {
    return "[{\"attempt_id\":\"a\",\"model\":\"%s\",\"outcome\":\"%s\",\"status\":200,\"ms\":1,\"cost_nanos\":%d}]"
        .formatted(model, outcome, nanos);
  }

  private static void send(HttpExchange exchange, int status, ObjectNode body, String attempts)
      throws IOException {
    byte[] bytes = Json.text(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.getResponseHeaders().set("x-flotilla-attempts", attempts);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    held.countDown();
    server.stop(0);
  }
}
