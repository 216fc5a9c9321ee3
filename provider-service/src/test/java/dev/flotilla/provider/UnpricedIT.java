package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An installation that would rather have an answer than a price: allowed, marked and counted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnpricedIT {
  private static final String SOUND =
      """
      {"model":"up/m","max_tokens":50,"messages":[{"role":"user","content":[
        {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}]}]}""";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private RunningProvider provider;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    TestCatalog.write(folder, upstream.baseUrl());
    Path up = folder.resolve("catalog").resolve("up.yaml");
    Files.writeString(
        up,
        Files.readString(up)
            + """
                - name: m
                  inputs: [text, audio]
                  max_output_tokens: 1000
                  prices: [{from: 2026-01-01, source: test, input: 1, output: 2}]
              """);
    provider =
        RunningProvider.start(
            folder,
            ledger.url(),
            Map.of("flotilla.retry.most", "0", "flotilla.pricing.refuse-unpriced", "false"));
  }

  @AfterAll
  void stop() {
    if (provider != null) {
      provider.close();
    }
    upstream.close();
    ledger.close();
  }

  @Test
  void what_has_no_price_is_asked_for_and_costs_the_most_it_can_have_cost() throws Exception {
    String usage =
        "{\"prompt_tokens\":100,\"completion_tokens\":50,\"prompt_tokens_details\":{\"audio_tokens\":90}}";
    upstream.does(
        e ->
            WatchedUpstream.plain(
                e, 200, WatchedUpstream.completion(usage).replace("up-fast-1", "m")));
    double before = oddities();
    HttpResponse<String> response = provider.ask(SOUND);
    assertEquals(200, response.statusCode(), response.body());
    String attempts = response.headers().firstValue("x-flotilla-attempts").orElseThrow();
    LedgerEntry row = ledger.awaitRow(Json.parse(attempts).path(0).path("attempt_id").asText());
    assertEquals(EntryState.ESTIMATED, row.state());
    assertTrue(row.costNanos() > 0, "unpriced is not free");
    assertEquals(row.ceilingNanos(), row.costNanos());
    assertEquals(90, row.usage().audioIn());
    assertEquals(before + 1, oddities());
  }

  private double oddities() throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("llm_provider_oddities_total{"))
        .filter(line -> line.contains("\"unpriced\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
