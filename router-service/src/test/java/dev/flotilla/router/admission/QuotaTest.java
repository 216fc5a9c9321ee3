package dev.flotilla.router.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuotaTest {
  @Test
  void a_reset_is_written_as_openai_writes_it() {
    var written =
        Map.of(
            0L,
            "0s",
            12L,
            "12ms",
            1_000L,
            "1s",
            1_500L,
            "1.5s",
            59_999L,
            "59.999s",
            60_000L,
            "1m0s",
            90_951L,
            "1m30.951s",
            360_000L,
            "6m0s",
            3_600_000L,
            "1h0m0s");
    written.forEach(
        (millis, text) ->
            assertEquals(text, new Quota(1, 1, Duration.ofMillis(millis)).resetText()));
  }

  @Test
  void headers_tell_of_what_is_limited_and_nothing_else() {
    var headers = new LinkedHashMap<String, String>();
    new Standing(null, new Quota(1_000, 10, Duration.ofSeconds(60))).headers(headers::put);
    assertEquals(
        Map.of(
            "x-ratelimit-limit-tokens",
            "1000",
            "x-ratelimit-remaining-tokens",
            "10",
            "x-ratelimit-reset-tokens",
            "1m0s"),
        headers);
  }
}
