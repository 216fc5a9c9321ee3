package dev.flotilla.provider.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Rates;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.testkit.FaultRow;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelBucketTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private long nanos = -5;

  @Test
  void requests_that_do_not_fit_are_told_when_they_would() {
    ModelBucket bucket = bucket(new Rates(6L, null), 1);
    for (int i = 0; i < 6; i++) {
      taken(bucket, 1_000_000);
    }
    assertEquals(Duration.ofSeconds(10), wait(bucket, 1));
    nanos += Duration.ofSeconds(10).toNanos();
    taken(bucket, 1);
    assertEquals(Duration.ofSeconds(10), wait(bucket, 1));
  }

  @Test
  void tokens_are_counted_as_expected_and_corrected_when_they_are_known() {
    ModelBucket bucket = bucket(new Rates(null, 600L), 1);
    Grant.Taken first = taken(bucket, 500);
    assertEquals(Duration.ofSeconds(10), wait(bucket, 200));
    bucket.settle(first, 100L, said(Map.of()));
    taken(bucket, 500);
    assertEquals(Duration.ofMillis(100), wait(bucket, 1));
    nanos += MINUTE.toNanos();
    Grant.Taken huge = taken(bucket, 10_000);
    assertEquals(600, huge.tokens(), "what is larger than all there is takes all of it");
    bucket.giveBack(huge);
    taken(bucket, 600);
  }

  @Test
  void what_is_left_is_what_the_provider_says_and_else_what_the_catalogue_grants() {
    ModelBucket bucket = bucket(new Rates(6L, 600L), 2);
    assertEquals(new Remaining(3L, 300L, false), bucket.remaining(), "this instance's share");
    taken(bucket, 100);
    assertEquals(new Remaining(2L, 200L, false), bucket.remaining());
    bucket.heard(said(openAi("requests", 40, 100L, "20s")));
    assertEquals(new Remaining(40L, null, true), bucket.remaining());
    taken(bucket, 50);
    nanos += Duration.ofSeconds(10).toNanos();
    assertEquals(new Remaining(69L, null, true), bucket.remaining(), "half of the rest is back");
    nanos += Duration.ofSeconds(10).toNanos();
    // 2 of 3 requests and 150 of 300 tokens were taken, and a third of a minute has passed.
    assertEquals(new Remaining(2L, 250L, false), bucket.remaining(), "that was long ago");
    assertEquals(Remaining.UNKNOWN, bucket(Rates.UNKNOWN, 1).remaining());
  }

  @Test
  void two_ways_together_have_what_both_have() {
    assertEquals(
        new Remaining(5L, 7L, true),
        new Remaining(2L, null, false).and(new Remaining(3L, 7L, true)));
    assertEquals(Remaining.UNKNOWN, Remaining.UNKNOWN.and(Remaining.UNKNOWN));
  }

  @Test
  void an_instance_alone_keeps_to_its_share() {
    ModelBucket bucket = bucket(new Rates(6L, null), 3);
    taken(bucket, 1);
    taken(bucket, 1);
    assertEquals(Duration.ofSeconds(30), wait(bucket, 1));
  }

  @Test
  @FaultRow(row = 13, fault = "nothing is left")
  void what_the_provider_says_is_left_holds_even_when_the_catalogue_has_no_rates() {
    ModelBucket bucket = bucket(Rates.UNKNOWN, 1);
    bucket.heard(said(openAi("requests", 1, null, "20s")));
    taken(bucket, 5);
    assertEquals(Duration.ofSeconds(20), wait(bucket, 5));
    nanos += Duration.ofSeconds(20).toNanos();
    taken(bucket, 5);
    taken(bucket, 5);
  }

  @Test
  @FaultRow(row = 13, fault = "little is left")
  void a_limit_that_comes_back_evenly_is_used_as_it_comes() {
    ModelBucket bucket = bucket(Rates.UNKNOWN, 1);
    bucket.heard(said(openAi("requests", 0, 60L, "60s")));
    assertEquals(Duration.ofSeconds(1), wait(bucket, 5));
    nanos += Duration.ofSeconds(1).toNanos();
    taken(bucket, 5);
    assertEquals(Duration.ofSeconds(1), wait(bucket, 5));
    bucket.heard(said(openAi("tokens", 100, 1_000L, "9s")));
    nanos += Duration.ofSeconds(1).toNanos();
    assertEquals(Duration.ofSeconds(2), wait(bucket, 400), "200 are there, 100 more a second");
    taken(bucket, 200);
  }

  @Test
  @FaultRow(row = 13, fault = "nothing is left for hours")
  void a_provider_that_announces_hours_is_asked_again_after_a_minute() {
    ModelBucket bucket = bucket(Rates.UNKNOWN, 1);
    bucket.heard(said(openAi("requests", 0, null, "6h0m0s")));
    assertEquals(MINUTE, wait(bucket, 1));
    nanos += MINUTE.toNanos();
    taken(bucket, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "6m0s,360000",
    "1s,1000",
    "120ms,120",
    "1h2m3.5s,3723500",
    "7.66s,7660",
    "0,0",
    "59.5,59500",
    "2026-11-21T10:00:30Z,30000",
    "2026-11-21T09:00:00Z,0",
    " 2s ,2000"
  })
  @FaultRow(row = 13, fault = "6m0s, 1h2m3.5s, seconds and moments")
  void every_way_to_say_when_is_understood(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), RateHeaders.reset(text, NOW));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "-1s", "1d", "6m 0s", "NaN", "1e9", "s", "9999999999999999s"})
  void nonsense_is_no_limit(String text) {
    assertNull(RateHeaders.reset(text, NOW));
    ModelBucket bucket = bucket(Rates.UNKNOWN, 1);
    bucket.heard(said(openAi("requests", 0, null, text)));
    taken(bucket, 1);
  }

  @Test
  void a_provider_whose_headers_are_wrong_need_not_be_believed() {
    ModelBucket bucket =
        new Buckets(new BucketConfig(MINUTE, 1, false), null, () -> nanos, InstantSource.fixed(NOW))
            .bucket("up/m", Rates.UNKNOWN);
    bucket.heard(said(openAi("requests", 0, null, "20s")));
    taken(bucket, 1);
  }

  @Test
  void anthropics_words_are_understood_too() {
    ModelBucket bucket = bucket(Rates.UNKNOWN, 1);
    bucket.heard(
        said(
            Map.of(
                "anthropic-ratelimit-requests-remaining", "0",
                "anthropic-ratelimit-requests-limit", "50",
                "anthropic-ratelimit-requests-reset", "2026-11-21T10:00:50Z")));
    assertEquals(Duration.ofSeconds(1), wait(bucket, 1));
  }

  @Test
  void a_configuration_that_makes_no_sense_says_what_to_write() {
    var wrong =
        assertThrows(
            ConfigurationException.class, () -> new BucketConfig(Duration.ofMillis(99), 1, true));
    assertTrue(String.valueOf(wrong.getMessage()).contains("PT0.099S; write PT1M"));
  }

  private ModelBucket bucket(Rates rates, int replicas) {
    return new Buckets(
            new BucketConfig(MINUTE, replicas, true), null, () -> nanos, InstantSource.fixed(NOW))
        .bucket("up/m", rates);
  }

  private static Map<String, String> openAi(
      String what, long remaining, @Nullable Long limit, String reset) {
    var headers = new HashMap<String, String>();
    headers.put("x-ratelimit-remaining-" + what, Long.toString(remaining));
    headers.put("x-ratelimit-reset-" + what, reset);
    if (limit != null) {
      headers.put("x-ratelimit-limit-" + what, limit.toString());
    }
    return headers;
  }

  static HttpHeaders said(Map<String, String> headers) {
    var lists = new HashMap<String, List<String>>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return HttpHeaders.of(lists, (name, value) -> true);
  }

  private static Grant.Taken taken(ModelBucket bucket, long tokens) {
    return assertInstanceOf(Grant.Taken.class, bucket.take(tokens));
  }

  private static Duration wait(ModelBucket bucket, long tokens) {
    return assertInstanceOf(Grant.Wait.class, bucket.take(tokens)).retryAfter();
  }
}
