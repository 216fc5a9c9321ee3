package dev.flotilla.provider.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Whatever OpenAI and those who speak like it count, no token is in two buckets or in none. */
class OpenAiBucketTest {
  private static final long CONTEXT = 1_000_000;

  @Property
  void buckets_add_up_to_what_the_provider_counted(
      @ForAll @LongRange(min = 0, max = 1_000_000) long prompt,
      @ForAll @LongRange(min = 0, max = 1_000_000) long cached,
      @ForAll @LongRange(min = 0, max = 1_000_000) long heard,
      @ForAll @LongRange(min = 0, max = 1_000_000) long completion,
      @ForAll @LongRange(min = 0, max = 1_000_000) long reasoning,
      @ForAll boolean beside) {
    ObjectNode usage = Json.object();
    usage.put("prompt_tokens", prompt).put("completion_tokens", completion);
    usage.put("total_tokens", prompt + completion + (beside ? reasoning : 0));
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", cached)
        .put("audio_tokens", heard);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", reasoning);
    AttemptUsage buckets = OpenAiUsage.read(usage, CONTEXT);
    if (cached > prompt || heard > prompt || (!beside && reasoning > completion)) {
      assertNull(buckets);
      return;
    }
    assertNotNull(buckets);
    assertEquals(prompt, BucketSums.input(buckets));
    assertEquals(completion + (beside ? reasoning : 0), BucketSums.output(buckets));
    assertTrue(buckets.input() >= 0 && buckets.output() >= 0);
  }

  @Property
  void what_was_written_to_the_cache_is_in_its_own_buckets(
      @ForAll @LongRange(min = 0, max = 300_000) long afresh,
      @ForAll @LongRange(min = 0, max = 300_000) long cached,
      @ForAll @LongRange(min = 0, max = 300_000) long writtenFor5m,
      @ForAll @LongRange(min = 0, max = 300_000) long writtenFor1h) {
    long prompt = afresh + cached + writtenFor5m + writtenFor1h;
    ObjectNode usage = Json.object().put("prompt_tokens", prompt).put("completion_tokens", 0);
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", cached)
        .put("cache_write_tokens", writtenFor5m + writtenFor1h)
        .put("cache_write_1h_tokens", writtenFor1h);
    assertEquals(
        new AttemptUsage(afresh, cached, writtenFor5m, writtenFor1h, 0L, 0L, null, null, null),
        OpenAiUsage.read(usage, 2 * CONTEXT));
  }
}
