package dev.flotilla.router.chat;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.fallback.FallbackOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an answer came about: what headers, the {@code route} object and metrics say.
 *
 * @param classification null when models were named
 * @param modelId who answered; null when nobody did
 * @param lastAsked the last candidate that was asked; null when nobody was
 * @param hops candidates that failed before
 * @param attempts everything that was tried, as far as known
 * @param age of a cached answer; null for a fresh one
 */
record RouteFacts(
    CacheResult cache,
    @Nullable Classification classification,
    @Nullable String modelId,
    @Nullable Model lastAsked,
    boolean simulated,
    List<FallbackOutcome.Hop> hops,
    List<AttemptReport> attempts,
    @Nullable Duration age) {

  /** What the cache had to say; the words of {@code x-cache}. */
  enum CacheResult {
    HIT,
    MISS,
    /** The caller wanted a new answer. */
    REFRESH,
    /** The caller wanted nothing kept and nothing from before. */
    BYPASS,
    DISABLED
  }

  static RouteFacts nobodyAsked(CacheResult cache) {
    return new RouteFacts(cache, null, null, null, false, List.of(), List.of(), null);
  }

  static RouteFacts after(
      CacheResult cache,
      @Nullable Classification classification,
      FallbackOutcome outcome,
      boolean answered,
      boolean simulated) {
    Model model = outcome.model();
    return new RouteFacts(
        cache,
        classification,
        answered ? model.id() : null,
        model,
        simulated,
        outcome.hops(),
        outcome.attempts(),
        null);
  }

  /** The same, with the attempts a stream reported at its end. */
  RouteFacts with(List<AttemptReport> more) {
    var all = new ArrayList<>(attempts);
    all.addAll(more);
    return new RouteFacts(
        cache, classification, modelId, lastAsked, simulated, hops, List.copyOf(all), age);
  }

  /** What all attempts cost as far as anybody knows, nano-dollars. */
  long costNanos() {
    long sum = 0;
    for (AttemptReport attempt : attempts) {
      if (attempt.costNanos() != null) {
        sum = Math.addExact(sum, attempt.costNanos());
      }
    }
    return sum;
  }

  /**
   * How often candidates were asked again; what a stream's own candidate did is known at its end.
   */
  int retries() {
    int retries = 0;
    int last = attempts.size();
    for (FallbackOutcome.Hop hop : hops) {
      int tried = hop.failure().attempts().size();
      retries += Math.max(0, tried - 1);
      last -= tried;
    }
    return retries + Math.max(0, last - 1);
  }

  /**
   * Why the router first went on; null when it did not have to. A provider's failure is named
   * before an answer that was not good enough: it is what somebody must look after.
   */
  @Nullable String fallbackReason() {
    String escalation = null;
    for (FallbackOutcome.Hop hop : hops) {
      String reason = hop.failure().reason();
      if (Outcomes.PROVIDER_REASONS.contains(reason)) {
        return reason;
      }
      escalation = escalation == null ? reason : escalation;
    }
    return escalation;
  }

  @Nullable String provider() {
    return modelId == null ? null : modelId.substring(0, modelId.indexOf('/'));
  }
}
