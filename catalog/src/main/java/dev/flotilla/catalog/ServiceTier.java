package dev.flotilla.catalog;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How urgently a provider works for a request, which changes what it charges. */
public enum ServiceTier {
  /** What everybody gets who asks for nothing else. */
  STANDARD,

  /** Slower and cheaper; may be refused when the provider is busy. */
  FLEX,

  /** Faster and dearer. */
  PRIORITY,

  /** Within a day, through the provider's own batches. */
  BATCH;

  /** As the catalogue writes it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What a request asks for, or an answer names, in the words of OpenAI, Anthropic or Groq; empty
   * for a tier nobody here knows.
   */
  public static Optional<ServiceTier> of(String word) {
    return switch (word) {
      // Whoever lets the provider choose is told afterwards what it was.
      case "", "auto", "default", "standard", "standard_only", "on_demand" -> Optional.of(STANDARD);
      default -> Arrays.stream(values()).filter(tier -> tier.word().equals(word)).findFirst();
    };
  }
}
