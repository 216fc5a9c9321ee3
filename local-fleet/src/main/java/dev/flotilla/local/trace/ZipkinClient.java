package dev.flotilla.local.trace;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Reads traces from a viewer. */
final class ZipkinClient {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  /** Services, ledger and relay each hand spans on in batches. */
  private static final Duration UNTIL_ALL_ARRIVED = Duration.ofSeconds(4);

  private final URI viewer;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  ZipkinClient(URI viewer) {
    this.viewer = viewer;
  }

  /**
   * The spans of a trace, waiting a little for one that is young or not there yet. Empty when the
   * viewer does not know it.
   */
  List<TracedSpan> trace(String traceId) throws IOException, InterruptedException {
    var asked = Instant.now();
    while (true) {
      var spans = now(traceId);
      var last =
          spans.stream()
              .mapToLong(TracedSpan::end)
              .mapToObj(micros -> Instant.EPOCH.plusNanos(micros * 1_000))
              .max(Instant::compareTo)
              .orElse(asked);
      if (last.plus(UNTIL_ALL_ARRIVED).isBefore(Instant.now())) {
        return spans;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private List<TracedSpan> now(String traceId) throws IOException, InterruptedException {
    var response =
        http.send(
            HttpRequest.newBuilder(viewer.resolve("/api/v2/trace/" + traceId))
                .timeout(Duration.ofSeconds(10))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() == 404) {
      return List.of();
    }
    if (response.statusCode() != 200) {
      throw new IOException(
          "The trace viewer answered " + response.statusCode() + ": " + response.body());
    }
    var spans = new ArrayList<TracedSpan>();
    JSON.readTree(response.body()).forEach(span -> spans.add(TracedSpan.of(span)));
    return spans;
  }
}
