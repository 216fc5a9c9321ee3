package dev.flotilla.learning.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.learning.linear.SparseVector;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PromptFeaturesTest {
  @Property(tries = 500)
  void any_text_has_places_in_order_and_the_length_of_its_groups(@ForAll String text) {
    SparseVector features = PromptFeatures.of(text);
    double squares = 0;
    for (int i = 0; i < features.places().length; i++) {
      assertTrue(features.places()[i] >= 0 && features.places()[i] < PromptFeatures.PLACES);
      assertTrue(i == 0 || features.places()[i] > features.places()[i - 1]);
      squares += features.values()[i] * (double) features.values()[i];
    }
    // Five groups of length 1; places that two of them share make it longer, empty ones shorter.
    assertTrue(squares > 1 && squares < 10, () -> "length " + features);
    assertEquals(features, PromptFeatures.of(text));
  }

  @Test
  void words_are_the_same_in_any_case_and_with_any_number() {
    assertEquals(List.of("add", "0", "to", "it", "!"), Words.of("ADD 17 to_it!"));
    assertNotEquals(PromptFeatures.of("add this"), PromptFeatures.of("this add"));
  }

  @Test
  void the_lexicon_knows_stems_and_whole_words() {
    assertEquals(List.of(Lexicon.Group.TRANSFORM), Lexicon.of("translating"));
    assertEquals(List.of(Lexicon.Group.LABEL), Lexicon.of("rate"));
    assertEquals(List.of(), Lexicon.of("rated"));
    assertEquals(List.of(), Lexicon.of(""));
  }

  @Test
  void a_text_of_a_million_letters_takes_no_more_than_its_beginning() {
    String story = "Once upon a time there was a fox. ".repeat(30_000);
    assertTrue(PromptFeatures.of(story).places().length < 1_000);
  }
}
