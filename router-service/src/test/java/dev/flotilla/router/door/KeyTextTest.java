package dev.flotilla.router.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class KeyTextTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void each_key_is_another_one_and_whole() {
    var seen = new HashSet<String>();
    for (int i = 0; i < 10_000; i++) {
      String key = KeyText.fresh(random);
      assertTrue(KeyText.isWhole(key), key);
      assertTrue(seen.add(key));
      assertEquals(55, key.length());
    }
  }

  @Test
  void whatever_one_character_was_mistyped_or_cut_off_it_is_noticed() {
    String key = KeyText.fresh(random);
    for (int i = "sk-fl-".length(); i < key.length(); i++) {
      char wrong = key.charAt(i) == 'x' ? 'y' : 'x';
      assertTrue(KeyText.isMistyped(key.substring(0, i) + wrong + key.substring(i + 1)));
      assertTrue(KeyText.isMistyped(key.substring(0, i)));
    }
    assertFalse(KeyText.isMistyped("sk-local"), "not one of ours, and nothing to say about");
  }

  @Test
  void a_hint_is_a_small_part() {
    String key = KeyText.fresh(random);
    assertEquals(key.substring(0, 10) + "…", KeyText.hint(key));
  }
}
