package dev.flotilla.provider.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Price;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloorTest {
  /** Input 1, cached 0.1, output 2 USD per million tokens. */
  private static final Price PRICE =
      new Price(
          LocalDate.EPOCH, "test", 1_000_000, 100_000, 1_000_000, 1_000_000, 2_000_000, 2_000_000);

  @Test
  void what_the_provider_said_so_far_is_the_floor() {
    var reported = AttemptUsage.text(60, 40, 50, 0);
    assertEquals(164_000, Floor.nanos(PRICE, request("Is it so?"), reported, "x".repeat(6_000)));
  }

  @Test
  void without_it_characters_are_counted_and_the_prompt_may_have_been_cached() {
    // 60 characters are 10 tokens at 0.1, 600 are 100 tokens at 2 micro-dollars
    assertEquals(
        1_000 + 200_000, Floor.nanos(PRICE, request("x  x".repeat(30)), null, "xy\n ".repeat(300)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "The ship left the harbour at seven, and nobody on the pier understood why it was so late.",
        "Донаудампфшифффартсгезельшафт und andere lange Wörter der deutschen Sprache.",
        "船は七時に港を出た。桟橋の誰にも、なぜそんなに遅れたのか分からなかった。",
        "for (int i = 0; i < 10; i++) { System.out.println(\"line \" + i); }",
        "नदी के किनारे बैठे लोग धीरे-धीरे घर की ओर चल पड़े और शाम हो गई।",
        "internationalization internationalization responsibilities",
        "{\"a\":[1,2,3],\"b\":{\"c\":null}}",
        "🚢🚢🚢🚢🚢🚢 done!"
      })
  void it_is_below_what_a_real_vocabulary_counts(String text) {
    var counted = TokenCount.estimate(request(text), text);
    long floor = Floor.nanos(PRICE, request(text), null, text);
    assertTrue(floor > 0);
    assertTrue(floor <= Cost.surely(PRICE, counted), floor + " of " + Cost.surely(PRICE, counted));
  }

  private static ObjectNode request(String prompt) {
    ObjectNode request = Json.object();
    request.putArray("messages").addObject().put("role", "user").put("content", prompt);
    return request;
  }
}
