package dev.flotilla.router;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.testkit.FreePort;
import dev.flotilla.testkit.RealRedis;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * router-service as a process of its own, as an installation runs it, and behind it something that
 * answers as provider-service does. Keys: {@value #KEY} of team growth, {@value #OTHER_KEY} of team
 * other, {@value #SLOW_KEY} of team slow with ten requests in each window, and {@value #VIEWER_KEY}
 * of team growth, which only looks.
 */
public final class RunningRouter implements AutoCloseable {
  public static final String KEY = "sk-growth";
  public static final String OTHER_KEY = "sk-other";
  public static final String SLOW_KEY = "sk-slow";
  public static final String VIEWER_KEY = "sk-growth-viewer";

  private static final Path CONFIG = Path.of("../config");

  /** What the other service says to each call. */
  @FunctionalInterface
  public interface Provider {
    void answer(HttpExchange call) throws IOException;
  }

  private final HttpServer provider;
  private final AtomicInteger asked = new AtomicInteger();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final int port;
  private final int opsPort;
  private final Path log;
  private volatile Provider behaviour;

  /**
   * @param flags of its JVM
   */
  public RunningRouter(Path folder, List<String> flags, Map<String, String> settings) {
    this(folder, flags, settings, RunningRouter::answer);
  }

  /**
   * The same, for a router that may have calls to make as soon as it lives.
   *
   * @param first how they are answered
   */
  public RunningRouter(
      Path folder, List<String> flags, Map<String, String> settings, Provider first) {
    behaviour = first;
    try {
      provider =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5_000);
      provider.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      provider.createContext("/", this::receive);
      provider.start();
      port = FreePort.next();
      opsPort = FreePort.next();
      log = folder.resolve("router.log");
      write(folder);
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
      command.add("-XX:+ExitOnOutOfMemoryError");
      command.addAll(flags);
      command.add("-Dserver.host=127.0.0.1");
      command.add("-Dserver.port=" + port);
      command.add("-Dserver.sockets.0.host=127.0.0.1");
      command.add("-Dserver.sockets.0.port=" + opsPort);
      command.add("-Dflotilla.redis.url=" + RealRedis.shared().url());
      command.add("-Dflotilla.config.dir=" + folder);
      command.add("-Dflotilla.keys.file=" + folder.resolve("keys.yaml"));
      command.add("-Dflotilla.providers.enabled=up");
      command.add("-Dflotilla.provider.url=http://127.0.0.1:" + provider.getAddress().getPort());
      command.add("-Dflotilla.cost.url=http://127.0.0.1:1");
      command.add("-Dflotilla.review.url=http://127.0.0.1:1");
      settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add("dev.flotilla.kit.start.ServiceMain");
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().put("FLOTILLA_SERVICE_TOKEN", "service-token-of-the-tests");
      builder.environment().put("FLOTILLA_CACHE_SECRET", "cache-secret-of-the-tests");
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitReady();
  }

  /** From now on each call is answered so. */
  public void provider(Provider next) {
    behaviour = next;
  }

  /** How many calls have arrived at the other service. */
  public int asked() {
    return asked.get();
  }

  /** An answer at once. */
  public static void answer(HttpExchange call) throws IOException {
    send(
        call,
        200,
        """
        {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,\
        "finish_reason":"stop","message":{"role":"assistant","content":"Yes."}}],\
        "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""");
  }

  public static void send(HttpExchange call, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    call.getResponseHeaders().set("content-type", "application/json");
    call.sendResponseHeaders(status, bytes.length);
    call.getResponseBody().write(bytes);
    call.close();
  }

  public static String ask(String model, String text) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(model, text);
  }

  /** Sends a chat request of which there is no other like it in the cache. */
  public CompletableFuture<HttpResponse<String>> chat(String body) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
            .timeout(Duration.ofSeconds(60))
            .header("authorization", "Bearer " + KEY)
            .header("cache-control", "no-store")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /**
   * Sends any request and waits for the whole answer.
   *
   * @param headers names and values in turn
   */
  public HttpResponse<String> send(
      String method, String path, String key, String body, String... headers) {
    try {
      return client.send(
          request(method, path, key, body, headers), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The lines of an answer as they come. */
  public Stream<String> lines(String path, String key, String... headers) {
    try {
      return client
          .send(request("GET", path, key, "", headers), HttpResponse.BodyHandlers.ofLines())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest request(
      String method, String path, String key, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(120))
            .header("authorization", "Bearer " + key)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.build();
  }

  public int port() {
    return port;
  }

  /** What its process has used so far. */
  public Duration cpu() {
    return process.toHandle().info().totalCpuDuration().orElseThrow();
  }

  /** The management port. */
  public HttpResponse<String> ops(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + path))
            .timeout(Duration.ofSeconds(10))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The sample of a metric whose line begins so. */
  public double metric(String begin) throws IOException, InterruptedException {
    return ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(begin))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** As by {@code kill -9}. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public boolean alive() {
    return process.isAlive();
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    process.destroyForcibly();
    provider.stop(0);
  }

  private void receive(HttpExchange call) throws IOException {
    byte[] body = call.getRequestBody().readAllBytes();
    // Read whole, and given to whoever answers.
    call.setStreams(new ByteArrayInputStream(body), null);
    asked.incrementAndGet();
    behaviour.answer(call);
  }

  private static void write(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("catalog"));
    Files.writeString(
        folder.resolve("catalog/up.yaml"),
        """
        provider: up
        dialect: openai
        base_url: http://127.0.0.1:1/v1
        key_env: UP_KEY
        models:
          - {name: m, upstream: m, family: up, prices: [{from: 2026-01-01, source: test, input: 1, output: 1}]}
        """);
    Files.writeString(
        folder.resolve("routing.yaml"),
        Files.readString(CONFIG.resolve("routing.yaml"))
            .replace("  learned: task-types.model\n", "")
            .replaceAll("candidates: \\[.*?]", "candidates: [up/m], best_effort: last")
            .replace("baseline: flagship", "baseline: up/m"));
    Files.writeString(
        folder.resolve("keys.yaml"),
        """
        - {id: k_1, sha256: %s, team: growth, roles: [caller]}
        - {id: k_2, sha256: %s, team: other, roles: [caller]}
        - {id: k_3, sha256: %s, team: slow, roles: [caller], rpm: 10}
        - {id: k_4, sha256: %s, team: growth, roles: [viewer]}
        """
            .formatted(sha256(KEY), sha256(OTHER_KEY), sha256(SLOW_KEY), sha256(VIEWER_KEY)));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitReady() {
    long end = System.nanoTime() + Duration.ofSeconds(120).toNanos();
    while (process.isAlive() && System.nanoTime() < end) {
      try {
        if (ops("/health/ready").statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not listening yet; a process that starts offers nothing to wait on but its port.
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      try {
        process.waitFor(50, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    close();
    throw new AssertionError("the router did not become ready:\n" + log());
  }
}
