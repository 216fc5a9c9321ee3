package dev.flotilla.testkit;

/** What a {@link CountingUpstream} speaks. */
public enum UpstreamDialect {
  /** Chat completions. */
  OPENAI,
  /** Messages. */
  ANTHROPIC,
  /** generateContent and streamGenerateContent. */
  GEMINI;

  Tongue tongue() {
    return switch (this) {
      case OPENAI -> new OpenAiTongue();
      case ANTHROPIC -> new AnthropicTongue();
      case GEMINI -> new GeminiTongue();
    };
  }
}
