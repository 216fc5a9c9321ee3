package dev.flotilla.provider;

import dev.flotilla.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** provider-service as a process of its own, as an installation runs it. */
final class RunningProvider implements AutoCloseable {
  static final String TOKEN = "service-token-of-the-tests";

  private final Process process;
  private final int port;
  private final int opsPort;
  private final Path log;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningProvider(Process process, int port, int opsPort, Path log) {
    this.process = process;
    this.port = port;
    this.opsPort = opsPort;
    this.log = log;
  }

  /** Starts it and waits until it is ready. */
  static RunningProvider start(Path folder, URI ledger, Map<String, String> settings) {
    return start(folder, ledger, settings, Map.of());
  }

  /** The same with more environment, such as keys. */
  static RunningProvider start(
      Path folder, URI ledger, Map<String, String> settings, Map<String, String> environment) {
    var provider = launch(folder, ledger, settings, environment);
    provider.awaitReady();
    return provider;
  }

  static RunningProvider launch(Path folder, URI ledger, Map<String, String> settings) {
    return launch(folder, ledger, settings, Map.of());
  }

  private static RunningProvider launch(
      Path folder, URI ledger, Map<String, String> settings, Map<String, String> environment) {
    try {
      int port = FreePort.next();
      int opsPort = FreePort.next();
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
      command.add("-Dserver.host=127.0.0.1");
      command.add("-Dserver.port=" + port);
      command.add("-Dserver.sockets.0.host=127.0.0.1");
      command.add("-Dserver.sockets.0.port=" + opsPort);
      settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add("dev.flotilla.kit.start.ServiceMain");
      Path log = folder.resolve("provider.log");
      var builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().put("FLOTILLA_CONFIG_DIR", folder.toString());
      builder.environment().put("FLOTILLA_PROVIDERS_ENABLED", "up,sim");
      builder.environment().put("FLOTILLA_SERVICE_TOKEN", TOKEN);
      builder.environment().put("FLOTILLA_COST_URL", ledger.toString());
      builder.environment().put("FLOTILLA_SPOOL_DIR", folder.resolve("spool").toString());
      builder.environment().putAll(environment);
      return new RunningProvider(builder.start(), port, opsPort, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A call as the router sends it. */
  HttpRequest.Builder call(String body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
        .timeout(Duration.ofSeconds(60))
        .header("authorization", "Bearer " + TOKEN)
        .header("content-type", "application/json")
        .header("x-flotilla-team", "growth")
        .header("x-flotilla-key", "k_1")
        .header("x-flotilla-task-type", "bulk")
        .header("x-request-id", "req_test")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> ask(String body) throws IOException, InterruptedException {
    return send(call(body));
  }

  HttpResponse<String> send(HttpRequest.Builder call) throws IOException, InterruptedException {
    return client.send(call.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Another path of the public port. */
  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** The management port. */
  HttpResponse<String> ops(String path) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + opsPort + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  int exitStatus() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the service did not end");
    }
    return process.exitValue();
  }

  String log() {
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
  }

  private void awaitReady() {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
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
    throw new AssertionError("the service did not become ready:\n" + log());
  }
}
