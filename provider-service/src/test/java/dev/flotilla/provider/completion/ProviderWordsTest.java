package dev.flotilla.provider.completion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class ProviderWordsTest {
  @Test
  void words_the_ledger_could_not_keep_are_cut_to_what_it_can() {
    var words = new ProviderWords("m".repeat(600), "st\u0000op", "id-\ud83d", null);
    assertEquals("m".repeat(512), words.model());
    assertEquals("stop", words.finish());
    assertEquals("id-?", words.id());
    assertNull(new ProviderWords("", null, " ", null).model());
  }
}
