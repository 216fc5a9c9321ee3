package dev.flotilla.provider.completion;

import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.StreamTally;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a provider said about its answer, as far as the ledger can keep it: odd words of a provider
 * must not keep the money out of the books.
 *
 * @param model what it says it served; null when it did not say
 * @param finish why it ended; null when it did not say
 * @param id its own id of the answer; null when it did not say
 * @param tier the service it says it gave; null when it did not say
 */
record ProviderWords(
    @Nullable String model, @Nullable String finish, @Nullable String id, @Nullable String tier) {
  static final ProviderWords NONE = new ProviderWords(null, null, null, null);

  /** The ledger refuses longer texts. */
  private static final int MOST_CHARACTERS = 512;

  ProviderWords {
    model = kept(model);
    finish = kept(finish);
    id = kept(id);
    tier = kept(tier);
  }

  static ProviderWords of(Completion c) {
    return new ProviderWords(c.servedModel(), c.finishReason(), c.id(), c.serviceTier());
  }

  static ProviderWords of(StreamTally t) {
    return new ProviderWords(t.servedModel(), t.finishReason(), t.id(), t.serviceTier());
  }

  private static @Nullable String kept(@Nullable String word) {
    if (word == null || word.isBlank()) {
      return null;
    }
    String cut = word.length() <= MOST_CHARACTERS ? word : word.substring(0, MOST_CHARACTERS);
    // PostgreSQL keeps neither U+0000 nor half a character; encoding turns the latter into "?".
    return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
        .replace("\u0000", "");
  }
}
