package dev.flotilla.provider.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class CeilingTest {
  private static final Model MODEL =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("openai"))
          .find("openai/gpt-5.6")
          .orElseThrow();

  @Test
  void a_prompt_that_may_be_long_is_held_to_cost_what_long_ones_do() {
    // Writing to the cache is the dearest input: 6.25, and 12.5 USD per million for long prompts.
    assertEquals(272_000L * 6_250 + 100 * 30_000, ceiling(Json.object(), 272_000));
    assertEquals(272_001L * 12_500 + 100 * 45_000, ceiling(Json.object(), 272_001));
  }

  @Test
  void the_service_that_is_asked_for_has_a_price_of_its_own() {
    assertEquals(
        1_000L * 3_125 + 100 * 15_000, ceiling(Json.object().put("service_tier", "flex"), 1_000));
    assertEquals(
        1_000L * 12_500 + 100 * 60_000,
        ceiling(Json.object().put("service_tier", "priority"), 1_000));
    assertEquals(
        1_000L * 6_250 + 100 * 30_000, ceiling(Json.object().put("service_tier", "auto"), 1_000));
  }

  @Test
  void a_prompt_is_counted_only_where_its_words_are_public_and_never_below_what_it_has() {
    String text = "Every fleet needs a harbour, and every harbour a light. ".repeat(400);
    String body = Json.text(chat(text));
    ObjectNode request = chat(text);
    long bytes = body.length();
    var price = MODEL.priceAt(Instant.parse("2026-11-21T00:00:00Z"));
    long bound = Ceiling.nanos(MODEL, price, request, bytes);
    long counted = Ceiling.countedNanos(MODEL, price, request, bytes).orElseThrow();
    long tokens = TokenCount.estimate(request, "").input();
    assertTrue(counted < bound / 3, counted + " of " + bound);
    assertTrue(counted >= price.most(tokens, 100), counted + " for " + tokens + " tokens");
    ObjectNode picture = chat(text);
    picture
        .withArray("messages")
        .addObject()
        .putArray("content")
        .addObject()
        .put("type", "image_url");
    assertTrue(Ceiling.countedNanos(MODEL, price, picture, bytes).isEmpty());
    Model other =
        Catalog.read(Path.of("..", "config", "catalog"), Set.of("deepseek")).models().stream()
            .findFirst()
            .orElseThrow();
    assertTrue(Ceiling.countedNanos(other, price, request, bytes).isEmpty());
  }

  @Property(tries = 500)
  void no_text_has_more_tokens_than_are_counted_at_most(
      @ForAll @StringLength(max = 300) String text) {
    ObjectNode request = chat(text);
    long bytes = Json.plainBytes(request).length;
    long most = TokenCount.atMost("o200k_base", request, bytes);
    assertTrue(most <= bytes);
    assertTrue(most >= TokenCount.estimate(request, "").input(), most + " for " + request);
  }

  private static ObjectNode chat(String text) {
    ObjectNode request = Json.object().put("max_completion_tokens", 100);
    request.putArray("messages").addObject().put("role", "user").put("content", text);
    return request;
  }

  private static long ceiling(ObjectNode request, long bytes) {
    request.put("max_completion_tokens", 100);
    var price = MODEL.priceAt(Instant.parse("2026-11-21T00:00:00Z"));
    return Ceiling.nanos(MODEL, price, request, bytes);
  }
}
