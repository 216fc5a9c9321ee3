package dev.flotilla.provider.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import java.util.List;
import net.jqwik.api.Example;
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

  @Example
  void what_each_of_those_who_speak_like_openai_counts_adds_up_to_its_total() throws Exception {
    for (String usage :
        List.of(
            // OpenAI: a cached beginning, hidden reasoning, sound in and out.
            """
            {"prompt_tokens":1519,"completion_tokens":47,"total_tokens":1566,
             "prompt_tokens_details":{"cached_tokens":1408,"audio_tokens":0},
             "completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""",
            """
            {"prompt_tokens":93,"completion_tokens":1203,"total_tokens":1296,
             "prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":1152}}""",
            """
            {"prompt_tokens":210,"completion_tokens":388,"total_tokens":598,
             "prompt_tokens_details":{"cached_tokens":64,"audio_tokens":120,"text_tokens":90},
             "completion_tokens_details":{"audio_tokens":310,"text_tokens":78}}""",
            // DeepSeek names hits and misses of its cache beside the details.
            """
            {"prompt_tokens":71,"completion_tokens":402,"total_tokens":473,"prompt_cache_hit_tokens":64,
             "prompt_cache_miss_tokens":7,"completion_tokens_details":{"reasoning_tokens":333}}""",
            // xAI counts reasoning beside the completion.
            """
            {"prompt_tokens":41,"completion_tokens":12,"total_tokens":170,"prompt_tokens_details":{"cached_tokens":8},
             "completion_tokens_details":{"reasoning_tokens":117}}""",
            // Groq, Mistral, vLLM: totals, and times in between.
            """
            {"queue_time":0.04,"prompt_tokens":22,"prompt_time":0.002,"completion_tokens":310,"completion_time":0.4,
             "total_tokens":332,"total_time":0.402}""",
            """
            {"prompt_tokens":17,"total_tokens":29,"completion_tokens":12,"prompt_tokens_details":null}""")) {
      JsonNode told = Json.parse(usage);
      AttemptUsage buckets = OpenAiUsage.read(told, CONTEXT);
      assertNotNull(buckets, usage);
      long prompt = told.path("prompt_tokens").asLong();
      assertEquals(prompt, BucketSums.input(buckets), usage);
      assertEquals(told.path("total_tokens").asLong() - prompt, BucketSums.output(buckets), usage);
    }
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
