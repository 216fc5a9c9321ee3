package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.Bill;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a stream whose end nobody saw. */
class ProgressIT {
  private static final String STREAMED =
      """
      {"model":"up/fast","stream":true,"messages":[{"role":"user","content":"%s"}]}"""
          .formatted("Tell the story of the ship that left at seven. ".repeat(20));

  @Test
  @FaultRow(row = 64, fault = "provider-service is killed in the midst of a stream")
  void a_stream_that_died_with_the_service_is_known_between_floor_and_ceiling(@TempDir Path folder)
      throws Exception {
    try (var upstream = CountingUpstream.start();
        var ledger = FakeLedger.start();
        var client = HttpClient.newHttpClient()) {
      TestCatalog.write(folder, upstream.baseUrl());
      var settings =
          Map.of(
              "flotilla.transport.attempt-header", "true",
              "flotilla.completion.progress-chunks", "2");
      upstream.always(Behaviour.slow(Duration.ZERO, Duration.ofSeconds(1)));
      try (var first = RunningProvider.start(folder, ledger.url(), settings)) {
        var response =
            client.send(first.call(STREAMED).build(), HttpResponse.BodyHandlers.ofInputStream());
        // The third chunk is handed on after the first two were written down.
        readChunks(response, 3);
        first.kill();
      }
      try (var _ = RunningProvider.start(folder, ledger.url(), settings)) {
        Map<String, Bill> bills = upstream.bills();
        assertEquals(1, bills.size());
        String attempt = bills.keySet().iterator().next();
        LedgerEntry lost = ledger.awaitRow(attempt);
        assertEquals(EntryState.UNKNOWN, lost.state());
        assertNull(lost.costNanos());
        assertNull(lost.endedAt());
        assertEquals("up-fast-1", lost.servedModel());
        Bill bill = bills.get(attempt);
        long billed =
            (bill.promptTokens() - bill.cachedTokens()) * 1_000
                + bill.cachedTokens() * 100
                + bill.completionTokens() * 2_000;
        assertTrue(lost.floorNanos() > 0, lost.toString());
        assertTrue(lost.floorNanos() <= billed, lost.floorNanos() + " of " + billed);
        assertTrue(billed <= lost.ceilingNanos(), billed + " of " + lost.ceilingNanos());
      }
    }
  }

  @Test
  void a_stream_that_pauses_is_written_down_after_the_interval(@TempDir Path folder)
      throws Exception {
    var goOn = new CountDownLatch(1);
    try (var upstream = new WatchedUpstream();
        var ledger = FakeLedger.start();
        var client = HttpClient.newHttpClient()) {
      TestCatalog.write(folder, upstream.baseUrl());
      upstream.does(
          e -> {
            try (var out = WatchedUpstream.stream(e)) {
              WatchedUpstream.event(out, WatchedUpstream.chunk("Well, ".repeat(50)));
              goOn.await();
              WatchedUpstream.event(out, WatchedUpstream.lastChunk());
              WatchedUpstream.event(out, WatchedUpstream.usageChunk(300, 100));
              WatchedUpstream.event(out, "[DONE]");
            }
          });
      var settings = Map.of("flotilla.completion.progress-interval", "PT0.1S");
      try (var provider = RunningProvider.start(folder, ledger.url(), settings)) {
        var response =
            client.sendAsync(provider.call(STREAMED).build(), HttpResponse.BodyHandlers.ofString());
        // The record appears without a second chunk; the file system offers no event to wait on.
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!spoolContains(folder, "\"upstream_id\":\"c1\"")) {
          assertTrue(System.nanoTime() < end, "no progress was written");
          Thread.onSpinWait();
        }
        goOn.countDown();
        assertTrue(response.get().body().strip().endsWith("data: [DONE]"));
        var rows = ledger.await(all -> all.size() == 1).values();
        LedgerEntry settled = rows.iterator().next();
        assertEquals(EntryState.SETTLED, settled.state());
        assertEquals(500_000, settled.costNanos());
        assertEquals(0, settled.floorNanos(), "a floor is for what is not known");
      }
    }
  }

  private static void readChunks(HttpResponse<InputStream> response, int chunks)
      throws IOException {
    int lines = 0;
    while (lines < 2 * chunks) {
      lines += response.body().read() == '\n' ? 1 : 0;
    }
  }

  private static boolean spoolContains(Path folder, String text) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("spool"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".segment")).toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
      return false;
    }
  }
}
