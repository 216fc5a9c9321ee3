package dev.flotilla.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a service tier costs, by the length of the prompt.
 *
 * @param base for prompts no tier is for
 * @param tiers shortest prompts first
 * @param until the longest prompt in tokens that has a price; null when all have one
 */
public record Schedule(Tariff base, List<ContextTier> tiers, @Nullable Long until) {
  public Schedule {
    tiers = List.copyOf(tiers);
  }

  /** The tariff for a prompt; for one beyond {@link #until} the nearest that is known. */
  public Tariff at(long promptTokens) {
    Tariff holds = base;
    for (ContextTier tier : tiers) {
      if (promptTokens > tier.above()) {
        holds = tier.tariff();
      }
    }
    return holds;
  }

  /** Whether a prompt of this length has a price. */
  public boolean covers(long promptTokens) {
    return until == null || promptTokens <= until;
  }
}
