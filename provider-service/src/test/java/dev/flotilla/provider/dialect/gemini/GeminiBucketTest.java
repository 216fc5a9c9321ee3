package dev.flotilla.provider.dialect.gemini;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.BucketSums;
import dev.flotilla.provider.dialect.OpenAiUsage;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Gemini counts thoughts beside the answer, sound and cached tokens inside the prompt. */
class GeminiBucketTest {
  private static final long CONTEXT = 2_000_000;

  @Property
  void buckets_add_up_to_the_total(
      @ForAll @LongRange(min = 0, max = 1_000_000) long prompt,
      @ForAll @LongRange(min = 0, max = 1_000_000) long cached,
      @ForAll @LongRange(min = 0, max = 1_000_000) long heard,
      @ForAll @LongRange(min = 0, max = 1_000_000) long answer,
      @ForAll @LongRange(min = 0, max = 1_000_000) long thoughts,
      @ForAll @LongRange(min = 0, max = 1_000) long unnamed) {
    ObjectNode metadata = Json.object();
    metadata
        .put("promptTokenCount", prompt)
        .put("cachedContentTokenCount", Math.min(cached, prompt))
        .put("candidatesTokenCount", answer)
        .put("thoughtsTokenCount", thoughts)
        .put("totalTokenCount", prompt + answer + thoughts + unnamed);
    metadata
        .putArray("promptTokensDetails")
        .addObject()
        .put("modality", "AUDIO")
        .put("tokenCount", Math.min(heard, prompt));
    AttemptUsage buckets = read(metadata);
    assertEquals(prompt, BucketSums.input(buckets));
    assertEquals(answer + thoughts + unnamed, BucketSums.output(buckets));
    assertEquals(thoughts, buckets.reasoning());
  }

  @Example
  void recorded_replies_add_up() throws Exception {
    for (String name : List.of("answer", "sound", "thoughts", "tools")) {
      check(name, Json.parse(Recorded.text("gemini-" + name + ".json")).path("usageMetadata"));
    }
    for (String name : List.of("answer", "thoughts", "tools")) {
      for (String line : Recorded.text("gemini-" + name + ".sse").lines().toList()) {
        if (line.startsWith("data: ")) {
          check(name, Json.parse(line.substring("data: ".length())).path("usageMetadata"));
        }
      }
    }
  }

  private static void check(String name, JsonNode metadata) {
    AttemptUsage buckets = read(metadata);
    long prompt = metadata.path("promptTokenCount").asLong();
    assertEquals(prompt, BucketSums.input(buckets), name);
    assertEquals(
        metadata.path("totalTokenCount").asLong() - prompt, BucketSums.output(buckets), name);
  }

  private static AttemptUsage read(JsonNode metadata) {
    ObjectNode said = UsageReader.read(metadata);
    assertNotNull(said);
    AttemptUsage buckets = OpenAiUsage.read(said, CONTEXT);
    assertNotNull(buckets);
    return buckets;
  }
}
