package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.json.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What an attempt costs, by all that a price depends on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PricesIT {
  private static final String PLAIN =
      """
      {"model":"up/m","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String USAGE = "{\"prompt_tokens\":100,\"completion_tokens\":50}";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private RunningProvider provider;
  private Path catalog;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    TestCatalog.write(folder, upstream.baseUrl());
    catalog = folder.resolve("catalog");
    Path up = catalog.resolve("up.yaml");
    Files.writeString(
        up,
        Files.readString(up)
            + """
                - name: m
                  inputs: [text, audio]
                  max_output_tokens: 1000
                  prices:
                    - {from: 2026-01-01, source: test, input: 1, output: 2, tiers: [{above: 1000, input: 3, output: 4}],
                       flex: {input: 0.5, output: 1}}
              """);
    provider = RunningProvider.start(folder, ledger.url(), Map.of("flotilla.retry.most", "0"));
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
  void the_version_of_the_catalogue_is_in_the_row() throws Exception {
    upstream.does(e -> WatchedUpstream.plain(e, 200, completion(USAGE)));
    LedgerEntry row = row(provider.ask(PLAIN));
    assertEquals(Catalog.readAll(catalog).version(), row.priceVersion());
    assertEquals(200_000, row.costNanos());
  }

  @Test
  void a_long_prompt_costs_what_its_tier_says() throws Exception {
    String usage = "{\"prompt_tokens\":1001,\"completion_tokens\":50}";
    upstream.does(e -> WatchedUpstream.plain(e, 200, completion(usage)));
    assertEquals(3_003_000 + 200_000, row(provider.ask(PLAIN)).costNanos());
  }

  @Test
  void the_service_that_was_given_is_paid_and_not_the_one_that_was_asked() throws Exception {
    String flex = PLAIN.replace("\"max_tokens\"", "\"service_tier\":\"flex\",\"max_tokens\"");
    upstream.does(e -> WatchedUpstream.plain(e, 200, served("flex")));
    assertEquals(100_000, row(provider.ask(flex)).costNanos());
    upstream.does(e -> WatchedUpstream.plain(e, 200, served("default")));
    assertEquals(200_000, row(provider.ask(flex)).costNanos());
    // Nobody knows this word: what was asked is paid, and it is counted.
    double before = oddities("tier_unknown");
    upstream.does(e -> WatchedUpstream.plain(e, 200, served("scale")));
    assertEquals(100_000, row(provider.ask(flex)).costNanos());
    assertEquals(before + 1, oddities("tier_unknown"));
  }

  @Test
  void a_service_without_a_price_is_never_free() throws Exception {
    double before = oddities("unpriced");
    upstream.does(e -> WatchedUpstream.plain(e, 200, served("priority")));
    LedgerEntry row = row(provider.ask(PLAIN));
    assertEquals(EntryState.ESTIMATED, row.state());
    assertEquals(Math.max(200_000, row.ceilingNanos()), row.costNanos());
    assertEquals(before + 1, oddities("unpriced"));
    String asked = PLAIN.replace("\"max_tokens\"", "\"service_tier\":\"priority\",\"max_tokens\"");
    assertEquals(400, provider.ask(asked).statusCode());
  }

  @Test
  void sound_without_a_price_is_refused_before_and_never_free_afterwards() throws Exception {
    String sound =
        """
        {"model":"up/m","messages":[{"role":"user","content":[
          {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}]}]}""";
    var refused = provider.ask(sound);
    assertEquals(400, refused.statusCode(), refused.body());
    assertTrue(refused.body().contains("unpriced is not free"), refused.body());
    String usage =
        "{\"prompt_tokens\":100,\"completion_tokens\":50,\"prompt_tokens_details\":{\"audio_tokens\":90}}";
    upstream.does(e -> WatchedUpstream.plain(e, 200, completion(usage)));
    LedgerEntry row = row(provider.ask(PLAIN));
    assertEquals(EntryState.ESTIMATED, row.state());
    assertEquals(90, row.usage().audioIn());
    assertEquals(10, row.usage().input());
    assertTrue(row.costNanos() >= 110_000, "never less than the rest costs");
  }

  private static String completion(String usage) {
    return WatchedUpstream.completion(usage).replace("up-fast-1", "m");
  }

  private static String served(String tier) {
    return completion(USAGE).replaceFirst("\\{", "{\"service_tier\":\"" + tier + "\",");
  }

  private LedgerEntry row(HttpResponse<String> response) throws Exception {
    assertEquals(200, response.statusCode(), response.body());
    String attempts = response.headers().firstValue("x-flotilla-attempts").orElseThrow();
    return ledger.awaitRow(Json.parse(attempts).path(0).path("attempt_id").asText());
  }

  private double oddities(String kind) throws Exception {
    List<String> lines = provider.ops("/metrics").body().lines().toList();
    return lines.stream()
        .filter(l -> l.startsWith("llm_provider_oddities_total{"))
        .filter(l -> l.contains("\"up/m\"") && l.contains("\"" + kind + "\""))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }
}
