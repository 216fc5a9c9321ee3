package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealRedis;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a provider grants is kept before the provider has to say so. */
class RatesIT {
  private static final String ASK =
      """
      {"model":"up/fast","messages":[{"role":"user","content":"Is it so?"}],"max_tokens":50}""";
  private static final String USAGE =
      """
      {"prompt_tokens":100,"completion_tokens":50}""";

  private final WatchedUpstream upstream = new WatchedUpstream();
  private final FakeLedger ledger = FakeLedger.start();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void close() {
    upstream.close();
    ledger.close();
  }

  @Test
  @FaultRow(row = 13, fault = "x-ratelimit-remaining-requests of 0")
  void a_provider_that_says_nothing_is_left_is_not_asked_until_there_is(@TempDir Path folder)
      throws Exception {
    TestCatalog.write(folder, upstream.baseUrl());
    upstream.does(
        e -> {
          asked.incrementAndGet();
          e.getResponseHeaders().set("x-ratelimit-remaining-requests", "0");
          e.getResponseHeaders().set("x-ratelimit-reset-requests", "0m2s");
          WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
        });
    try (var provider = RunningProvider.start(folder, ledger.url(), Map.of())) {
      assertEquals(200, provider.ask(ASK).statusCode());
      HttpResponse<String> refused = provider.ask(ASK);
      assertRefused(refused, 2_000);
      assertEquals(1, asked.get());
      assertEquals(1, throttled(provider));
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (provider.ask(ASK).statusCode() == 429) {
        assertTrue(System.nanoTime() < end, "never asked again");
        Thread.sleep(50);
      }
      assertEquals(2, asked.get());
      assertEquals(2, ledger.await(rows -> rows.size() >= 2).size(), "a refusal is no attempt");
    }
  }

  @Test
  void what_the_catalogue_grants_is_shared_by_two_instances(
      @TempDir Path folder, @TempDir Path other) throws Exception {
    write(folder, "rpm: 3");
    write(other, "rpm: 3");
    upstream.does(
        e -> {
          asked.incrementAndGet();
          WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
        });
    try (var redis = RealRedis.own()) {
      var settings =
          Map.of(
              "flotilla.redis.url", redis.url(),
              "flotilla.redis.time-box", "PT2S",
              "flotilla.buckets.period", "PT1H",
              "flotilla.buckets.replicas", "2");
      try (var one = RunningProvider.start(folder, ledger.url(), settings);
          var two = RunningProvider.start(other, ledger.url(), settings)) {
        assertEquals(200, one.ask(ASK).statusCode());
        assertEquals(200, two.ask(ASK).statusCode());
        assertEquals(200, one.ask(ASK).statusCode());
        assertRefused(two.ask(ASK), 1_200_000);
        assertRefused(one.ask(ASK), 1_200_000);
        assertEquals(3, asked.get());
      }
    }
  }

  @Test
  void tokens_are_granted_as_expected_and_given_back_when_the_answer_was_short(@TempDir Path folder)
      throws Exception {
    write(folder, "tpm: 400");
    upstream.does(
        e -> {
          asked.incrementAndGet();
          WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE));
        });
    var settings = Map.of("flotilla.buckets.period", "PT1H");
    try (var provider = RunningProvider.start(folder, ledger.url(), settings)) {
      String longer = ASK.replace("\"max_tokens\":50", "\"max_tokens\":300");
      assertEquals(200, provider.ask(longer).statusCode(), "takes 150 of 400 in the end");
      assertRefused(provider.ask(longer), 3_600_000);
      assertEquals(200, provider.ask(ASK).statusCode());
      assertEquals(2, asked.get());
    }
  }

  private static void assertRefused(HttpResponse<String> refused, long mostMillis)
      throws Exception {
    assertEquals(429, refused.statusCode(), refused.body());
    JsonNode error = Json.parse(refused.body()).path("error");
    assertEquals("rate_limited", error.path("outcome").asText());
    assertEquals("rate_limit_exceeded", error.path("code").asText());
    assertFalse(error.path("sent").asBoolean(true));
    long retryAfter = error.path("retry_after_ms").asLong();
    assertTrue(retryAfter > 0 && retryAfter <= mostMillis, error.toString());
    assertEquals("[]", refused.headers().firstValue("x-flotilla-attempts").orElse(""));
    assertTrue(refused.headers().firstValue("retry-after").isPresent());
  }

  private static double throttled(RunningProvider provider) throws Exception {
    return provider
        .ops("/metrics")
        .body()
        .lines()
        .filter(l -> l.startsWith("llm_provider_throttled_total{") && l.contains("up/fast"))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
        .sum();
  }

  private void write(Path folder, String rates) throws IOException {
    TestCatalog.write(folder, upstream.baseUrl());
    Path up = folder.resolve("catalog/up.yaml");
    Files.writeString(
        up,
        Files.readString(up)
            .replace("    context_tokens", "    " + rates + "\n    context_tokens"));
  }
}
