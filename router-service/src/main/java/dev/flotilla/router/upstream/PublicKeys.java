package dev.flotilla.router.upstream;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The public keys of who issues tokens: at an http or https address, or in a file. Thread-safe. */
public final class PublicKeys {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int MOST_BYTES = 1_000_000;

  private final HttpClient http;
  private final String location;

  /**
   * @param http follows no redirects
   */
  public PublicKeys(HttpClient http, String location) {
    this.http = http;
    this.location = location;
  }

  public byte[] read() throws IOException {
    if (location.startsWith("http://") || location.startsWith("https://")) {
      return fetched();
    }
    return Files.readAllBytes(
        location.startsWith("file:") ? Path.of(URI.create(location)) : Path.of(location));
  }

  private byte[] fetched() throws IOException {
    var request = HttpRequest.newBuilder(URI.create(location)).timeout(PATIENCE).build();
    try {
      var answer =
          http.send(
              request,
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_BYTES));
      if (answer.statusCode() != 200) {
        throw new IOException(location + " answered " + answer.statusCode());
      }
      return answer.body().getBytes(StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
