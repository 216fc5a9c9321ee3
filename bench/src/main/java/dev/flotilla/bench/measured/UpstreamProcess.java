package dev.flotilla.bench.measured;

import dev.flotilla.bench.machine.Core;
import dev.flotilla.bench.machine.JavaProgram;
import dev.flotilla.bench.upstream.Pace;
import dev.flotilla.bench.upstream.Upstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/** The upstream as a process of its own, and its controls. */
public final class UpstreamProcess implements AutoCloseable {
  private final URI address;
  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();

  private UpstreamProcess(URI address, Process process) {
    this.address = address;
    this.process = process;
  }

  public static UpstreamProcess start() throws IOException {
    int port = Ports.free();
    var command =
        Core.ofLoad()
            .run(
                JavaProgram.command(
                    List.of("-Xmx512m", "-XX:+UseSerialGC"),
                    Upstream.class,
                    Integer.toString(port)));
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Ports.await(port, process);
    return new UpstreamProcess(URI.create("http://127.0.0.1:" + port), process);
  }

  public URI address() {
    return address;
  }

  /** From the next request on. */
  public void pace(Pace pace) throws InterruptedException {
    var _ = get("/pace/" + pace.text());
  }

  /** How many answers were wanted since it began. */
  public long asked() throws InterruptedException {
    return Long.parseLong(get("/asked"));
  }

  private String get(String path) throws InterruptedException {
    try {
      return http.send(
              HttpRequest.newBuilder(address.resolve(path)).build(), BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    http.close();
  }
}
