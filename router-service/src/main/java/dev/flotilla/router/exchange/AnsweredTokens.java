package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.ledger.AttemptUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that an answer says it took.
 *
 * @param usage in disjoint buckets; {@link AttemptUsage#NONE} where the answer says nothing
 */
public record AnsweredTokens(AttemptUsage usage) {
  /** OpenAI counts cached tokens inside the prompt's and reasoning inside the completion's. */
  public static AnsweredTokens of(Completion completion) {
    JsonNode usage = completion.body().path("usage");
    if (!usage.path("prompt_tokens").isIntegralNumber()) {
      return new AnsweredTokens(AttemptUsage.NONE);
    }
    long prompt = count(usage.path("prompt_tokens"), Long.MAX_VALUE);
    JsonNode details = usage.path("prompt_tokens_details");
    long cached = count(details.path("cached_tokens"), prompt);
    long written = count(details.path("cache_write_tokens"), prompt - cached);
    long writtenFor1h = count(details.path("cache_write_1h_tokens"), written);
    long completed = count(usage.path("completion_tokens"), Long.MAX_VALUE);
    long reasoning = count(usage.at("/completion_tokens_details/reasoning_tokens"), completed);
    return new AnsweredTokens(
        new AttemptUsage(
            prompt - cached - written,
            cached,
            written - writtenFor1h,
            writtenFor1h,
            completed - reasoning,
            reasoning,
            null,
            null,
            null));
  }

  public boolean counted() {
    return !usage.equals(AttemptUsage.NONE);
  }

  /**
   * What the same tokens, cached ones too, cost from a model, nano-dollars.
   *
   * @throws ArithmeticException when they are absurdly many
   */
  public long nanosFrom(Model model, Instant at) {
    return model
        .priceAt(at)
        .nanos(
            new Usage(
                zero(usage.input()),
                zero(usage.cacheRead()),
                zero(usage.cacheWrite5m()),
                zero(usage.cacheWrite1h()),
                zero(usage.output()),
                zero(usage.reasoning())));
  }

  private static long count(JsonNode number, long most) {
    return Math.clamp(number.asLong(), 0, most);
  }

  private static long zero(@Nullable Long count) {
    return count == null ? 0 : count;
  }
}
