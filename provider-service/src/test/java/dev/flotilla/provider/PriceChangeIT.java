package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prices change; what was begun at the old ones costs the old ones. */
class PriceChangeIT {
  private static final String ASK =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String USAGE = "{\"prompt_tokens\":100,\"completion_tokens\":50}";
  private static final Map<String, String> SETTINGS =
      Map.of("flotilla.transport.attempt-header", "true");

  @Test
  @FaultRow(row = 88, fault = "prices are ten times as high after a restart, attempts in the spool")
  void an_attempt_costs_what_its_price_was_when_it_began(@TempDir Path folder) throws Exception {
    var never = new CountDownLatch(1);
    var open = new CompletableFuture<String>();
    try (var upstream = new WatchedUpstream();
        var ledger = FakeLedger.start();
        var client = HttpClient.newHttpClient()) {
      TestCatalog.write(folder, upstream.baseUrl());
      ledger.failNext(Integer.MAX_VALUE, 503);
      String settled;
      try (var first = RunningProvider.start(folder, ledger.url(), SETTINGS)) {
        upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
        settled = attempt(first.ask(ASK));
        upstream.does(
            e -> {
              open.complete(e.getRequestHeaders().getFirst("x-client-request-id"));
              never.await();
            });
        var _ = client.sendAsync(first.call(ASK).build(), HttpResponse.BodyHandlers.ofString());
        open.get(10, TimeUnit.SECONDS);
        first.kill();
      }
      Path prices = folder.resolve("catalog/up.yaml");
      Files.writeString(
          prices,
          Files.readString(prices)
              .replace(
                  "input: 1, cache_read: 0.1, output: 2", "input: 10, cache_read: 1, output: 20"));
      ledger.failNext(0, 503);
      try (var second = RunningProvider.start(folder, ledger.url(), SETTINGS)) {
        LedgerEntry before = ledger.awaitRow(settled);
        LedgerEntry unknown = ledger.awaitRow(open.get());
        upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
        LedgerEntry after = ledger.awaitRow(attempt(second.ask(ASK)));

        assertEquals(200_000, before.costNanos());
        assertEquals(2_000_000, after.costNanos());
        assertEquals(EntryState.UNKNOWN, unknown.state());
        assertEquals(before.priceVersion(), unknown.priceVersion());
        assertEquals(before.ceilingNanos(), unknown.ceilingNanos());
        assertNotEquals(before.priceVersion(), after.priceVersion());
      } finally {
        never.countDown();
      }
    }
  }

  private static String attempt(HttpResponse<String> response) throws Exception {
    JsonNode reports =
        Json.parse(response.headers().firstValue("x-flotilla-attempts").orElse("[]"));
    return reports.path(0).path("attempt_id").asText();
  }
}
