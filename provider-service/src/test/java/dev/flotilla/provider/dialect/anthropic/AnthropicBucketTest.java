package dev.flotilla.provider.dialect.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.BucketSums;
import dev.flotilla.provider.dialect.OpenAiUsage;
import dev.flotilla.provider.dialect.gemini.Recorded;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Anthropic counts cached tokens beside the input, and OpenAI inside: neither may count twice. */
class AnthropicBucketTest {
  private static final long CONTEXT = 1_000_000;

  @Property
  void buckets_are_what_the_provider_counted(
      @ForAll @LongRange(min = 0, max = 1_000_000) long input,
      @ForAll @LongRange(min = 0, max = 1_000_000) long read,
      @ForAll @LongRange(min = 0, max = 1_000_000) long for5m,
      @ForAll @LongRange(min = 0, max = 1_000_000) long for1h,
      @ForAll @LongRange(min = 0, max = 1_000_000) long output) {
    ObjectNode usage = Json.object();
    usage
        .put("input_tokens", input)
        .put("cache_read_input_tokens", read)
        .put("cache_creation_input_tokens", for5m + for1h)
        .put("output_tokens", output);
    usage
        .putObject("cache_creation")
        .put("ephemeral_5m_input_tokens", for5m)
        .put("ephemeral_1h_input_tokens", for1h);
    assertEquals(
        new AttemptUsage(input, read, for5m, for1h, output, 0L, null, null, null), read(usage));
  }

  @Example
  void recorded_replies_add_up() throws Exception {
    for (String name : List.of("plain", "length", "refusal", "tools")) {
      JsonNode usage = Json.parse(Recorded.text("anthropic-" + name + ".json")).path("usage");
      AttemptUsage buckets = read(usage);
      assertEquals(
          usage.path("input_tokens").asLong()
              + usage.path("cache_read_input_tokens").asLong()
              + usage.path("cache_creation_input_tokens").asLong(),
          BucketSums.input(buckets),
          name);
      assertEquals(usage.path("output_tokens").asLong(), BucketSums.output(buckets), name);
    }
  }

  private static AttemptUsage read(JsonNode usage) {
    ObjectNode said = NativeUsage.toOpenAi(usage);
    assertNotNull(said);
    AttemptUsage buckets = OpenAiUsage.read(said, CONTEXT);
    assertNotNull(buckets);
    return buckets;
  }
}
