package dev.flotilla.testkit;

/**
 * What an upstream charges for one attempt.
 *
 * @param promptTokens all input tokens, cached ones included, as OpenAI counts
 * @param cachedTokens those of them that came from the prompt cache
 * @param completionTokens output tokens that were generated
 * @param times how often this attempt id was billed; more than once means that somebody sent it
 *     twice
 */
public record Bill(
    String model, long promptTokens, long cachedTokens, long completionTokens, int times) {
  Bill plus(Bill other) {
    return new Bill(
        model,
        promptTokens + other.promptTokens,
        cachedTokens + other.cachedTokens,
        completionTokens + other.completionTokens,
        times + other.times);
  }

  Bill minus(Bill other) {
    return new Bill(
        model,
        promptTokens - other.promptTokens,
        cachedTokens - other.cachedTokens,
        completionTokens - other.completionTokens,
        times - other.times);
  }
}
