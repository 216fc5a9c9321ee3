package dev.flotilla.router;

import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.kit.telemetry.TracingConfig;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Doors;
import dev.flotilla.router.door.Guesses;
import dev.flotilla.router.door.PatientConnections;
import dev.flotilla.router.door.Porter;
import dev.flotilla.router.door.Recognition;
import dev.flotilla.router.door.WebTokens;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * Doors in a server of their own, with nothing behind them but what a test puts there. Keys:
 * {@value #KEY} and, for fewer models, {@value #NARROW_KEY} of team growth, {@value #OTHER_KEY} of
 * team other, and one that has expired.
 */
public final class OpenDoors implements AutoCloseable {
  public static final String KEY = "sk-growth";
  public static final String NARROW_KEY = "sk-growth-narrow";
  public static final String OTHER_KEY = "sk-other";
  public static final String EXPIRED_KEY = "sk-expired";

  /** Unknown keys that are looked up within a minute. */
  public static final int MOST_GUESSES = 100;

  private final WebServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private OpenDoors(WebServer server) {
    this.server = server;
  }

  public static OpenDoors open(Porter porter, Door... doors) {
    return open(porter, server -> {}, doors);
  }

  public static OpenDoors open(
      Porter porter, Consumer<WebServerConfig.Builder> settings, Door... doors) {
    return open(recognition(WebTokens.NONE), porter, settings, doors);
  }

  /** Who knows the keys above, and these tokens. */
  public static Recognition recognition(WebTokens tokens) {
    return new Recognition(
        ApiKeys.read(keys(), Clock.systemUTC()),
        tokens,
        new Guesses(MOST_GUESSES, System::nanoTime),
        Porters.METRICS);
  }

  public static OpenDoors open(
      Recognition recognition,
      Porter porter,
      Consumer<WebServerConfig.Builder> settings,
      Door... doors) {
    PatientConnections.instead();
    var opened =
        new Doors(
            List.of(doors),
            recognition,
            porter,
            Tracing.start(new TracingConfig("test", null, 1)),
            Porters.METRICS);
    var server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .shutdownGracePeriod(Duration.ZERO)
            .routing(opened::open);
    settings.accept(server);
    return new OpenDoors(server.build().start());
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  /**
   * Sends a body.
   *
   * @param headers names and values in turn
   */
  public HttpResponse<String> post(String path, String key, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(url().resolve(path))
            .timeout(Duration.ofSeconds(30))
            .header("authorization", "Bearer " + key)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    server.stop();
  }

  private static Path keys() {
    try {
      return Files.writeString(
          Files.createTempFile("keys", ".yaml"),
          entry("k_growth", KEY, "growth", "")
              + entry("k_narrow", NARROW_KEY, "growth", ", models: [\"sim-north/*\"]")
              + entry("k_other", OTHER_KEY, "other", "")
              + entry("k_old", EXPIRED_KEY, "growth", ", expires: 2026-01-01T00:00:00Z"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String entry(String id, String key, String team, String more) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return "- {id: %s, sha256: %s, team: %s, roles: [caller]%s}\n"
          .formatted(id, HexFormat.of().formatHex(hash), team, more);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
