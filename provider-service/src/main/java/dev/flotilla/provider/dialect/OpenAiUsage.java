package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import org.jspecify.annotations.Nullable;

/** OpenAI's {@code usage} object, turned into disjoint buckets. */
public final class OpenAiUsage {
  /** No request fills its window ten times; a larger count is a mistake and must not be paid. */
  private static final long TIMES_CONTEXT = 10;

  private OpenAiUsage() {}

  /** Null when it is absent, incomplete, or says something that cannot be true. */
  public static @Nullable AttemptUsage read(JsonNode usage, long contextTokens) {
    long most = contextTokens * TIMES_CONTEXT;
    long prompt = count(usage.path("prompt_tokens"), most);
    long completion = count(usage.path("completion_tokens"), most);
    if (prompt < 0 || completion < 0) {
      return null;
    }
    // OpenAI counts cached tokens inside prompt_tokens and reasoning inside completion_tokens. Our
    // buckets are disjoint, so they are taken out here. DeepSeek says prompt_cache_hit_tokens.
    JsonNode cachedNode = usage.path("prompt_tokens_details").path("cached_tokens");
    long cached =
        optional(isGiven(cachedNode) ? cachedNode : usage.path("prompt_cache_hit_tokens"), prompt);
    long reasoning =
        optional(usage.path("completion_tokens_details").path("reasoning_tokens"), most);
    // Others count reasoning beside completion_tokens, as xAI does; the total tells which it is.
    long total = count(usage.path("total_tokens"), most);
    boolean beside = reasoning > 0 && total == prompt + completion + reasoning;
    long text = beside ? completion : completion - reasoning;
    // Not OpenAI's: what a provider charges more for, because it was put into its prompt cache.
    JsonNode details = usage.path("prompt_tokens_details");
    long written = optional(details.path("cache_write_tokens"), prompt - Math.max(cached, 0));
    long writtenFor1h = optional(details.path("cache_write_1h_tokens"), Math.max(written, 0));
    long heard = optional(details.path("audio_tokens"), prompt);
    long spoken =
        optional(usage.path("completion_tokens_details").path("audio_tokens"), completion);
    if (cached < 0
        || reasoning < 0
        || text < spoken
        || written < 0
        || writtenFor1h < 0
        || heard < 0
        || spoken < 0) {
      return null;
    }
    // Nobody says how much of the sound came from the cache. Sound is the dearer, so text did.
    long afresh = prompt - cached - written;
    long heardAfresh = Math.min(heard, afresh);
    return new AttemptUsage(
        afresh - heardAfresh,
        cached,
        written - writtenFor1h,
        writtenFor1h,
        text - spoken,
        reasoning,
        someOrNull(heardAfresh),
        someOrNull(spoken),
        null);
  }

  /** Whether something is said in it, true or not. */
  static boolean isSomething(JsonNode usage) {
    return isGiven(usage) && !(usage.isObject() && usage.isEmpty());
  }

  /** Most models know nothing of sound, and those that write 0 mean the same. */
  private static @Nullable Long someOrNull(long count) {
    return count == 0 ? null : Long.valueOf(count);
  }

  private static long optional(JsonNode node, long most) {
    return isGiven(node) ? count(node, most) : 0;
  }

  private static boolean isGiven(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  /** -1 when it is not a whole number from 0 to {@code most}. */
  private static long count(JsonNode node, long most) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      return -1;
    }
    long count = node.longValue();
    return count > most ? -1 : count;
  }
}
