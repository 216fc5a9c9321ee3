package dev.flotilla.provider.dialect;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.TestCatalog;
import dev.flotilla.testkit.Fuzz;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageAndWaitFuzzTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @Test
  void a_usage_comes_to_buckets_that_can_be_true_or_to_none(@TempDir Path folder) {
    Model model = TestCatalog.of(folder, "http://127.0.0.1:1").find("up/fast").orElseThrow();
    Fuzz.of(
            "usage",
            List.of(
                """
                {"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,
                 "prompt_tokens_details":{"cached_tokens":40,"audio_tokens":3,"cache_write_tokens":10,"cache_write_1h_tokens":4},
                 "completion_tokens_details":{"reasoning_tokens":5,"audio_tokens":2}}""",
                "{\"prompt_tokens\":7,\"completion_tokens\":9,\"total_tokens\":30,\"prompt_cache_hit_tokens\":7,\"completion_tokens_details\":{\"reasoning_tokens\":14}}"))
        .run(
            8_000,
            input -> {
              try {
                SpoiltStream.isPossible(
                    OpenAiUsage.read(Json.parseObject(input), model.contextTokens()), model);
              } catch (NotJson e) {
                assertTrue(String.valueOf(e.getMessage()).length() > 3);
              }
            });
  }

  @Test
  void a_wait_is_from_now_to_a_minute_or_nothing_is_said_of_it() {
    Fuzz.of(
            "retry-after",
            List.of(
                "1",
                "0.5",
                "120",
                "Wed, 21 Oct 2026 07:28:00 GMT",
                "Sun, 06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-94 08:49:37 GMT",
                "6m0s"))
        .run(
            8_000,
            input -> {
              String text = new String(input, StandardCharsets.ISO_8859_1);
              for (String name : List.of("retry-after", "retry-after-ms")) {
                isBounded(
                    RetryAfter.of(HttpHeaders.of(Map.of(name, List.of(text)), (n, v) -> true)));
              }
              isBounded(RetryAfter.seconds(text));
            });
  }

  private static void isBounded(Duration wait) {
    assertTrue(wait == null || (!wait.isNegative() && wait.compareTo(LONGEST) <= 0), "" + wait);
  }
}
