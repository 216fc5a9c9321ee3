package dev.flotilla.router.chat;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.fallback.FallbackOutcome;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.validation.BrokenRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How an answer came about: what headers, the {@code route} object and metrics say.
 *
 * @param classification null when models were named
 * @param modelId who answered; null when nobody did
 * @param lastAsked the last candidate that was asked; null when nobody was
 * @param hops candidates that failed before
 * @param classifying calls that were made to find out what kind of work it is
 * @param attempts everything that was tried for the answer, as far as known
 * @param broken rules that the answer breaks and is given all the same; empty for any other reply
 * @param age of a cached answer; null for a fresh one
 */
record RouteFacts(
    CacheResult cache,
    @Nullable Classification classification,
    @Nullable String modelId,
    @Nullable Model lastAsked,
    boolean simulated,
    List<FallbackOutcome.Hop> hops,
    List<AttemptReport> classifying,
    List<AttemptReport> attempts,
    List<BrokenRule> broken,
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
    return new RouteFacts(
        cache, null, null, null, false, List.of(), List.of(), List.of(), List.of(), null);
  }

  static RouteFacts after(
      CacheResult cache,
      @Nullable Classification classification,
      List<AttemptReport> classifying,
      FallbackOutcome outcome) {
    Model model = outcome.model();
    FallbackOutcome.Flawed flawed = outcome.flawed();
    Model answering =
        switch (outcome.last()) {
          case CallOutcome.Answered answered -> model;
          case CallOutcome.Streaming streaming -> model;
          default -> flawed == null ? null : flawed.model();
        };
    return new RouteFacts(
        cache,
        classification,
        answering == null ? null : answering.id(),
        model,
        simulated(outcome),
        outcome.hops(),
        classifying,
        outcome.attempts(),
        flawed == null ? List.of() : flawed.broken(),
        null);
  }

  private static boolean simulated(FallbackOutcome outcome) {
    FallbackOutcome.Flawed flawed = outcome.flawed();
    return switch (outcome.last()) {
      case CallOutcome.Answered answered -> answered.simulated();
      case CallOutcome.Streaming streaming -> streaming.simulated();
      default -> flawed != null && flawed.simulated();
    };
  }

  /** What is wrong with the last candidate's answer when that is the one that is given. */
  List<BrokenRule> brokenByLast() {
    return lastAsked != null && lastAsked.id().equals(modelId) ? broken : List.of();
  }

  /** The same, with the attempts a stream reported at its end. */
  RouteFacts with(List<AttemptReport> more) {
    var all = new ArrayList<>(attempts);
    all.addAll(more);
    return new RouteFacts(
        cache,
        classification,
        modelId,
        lastAsked,
        simulated,
        hops,
        classifying,
        List.copyOf(all),
        broken,
        age);
  }

  /** What all calls cost as far as anybody knows, nano-dollars. */
  long costNanos() {
    return Math.addExact(costNanos(classifying), costNanos(attempts));
  }

  private static long costNanos(List<AttemptReport> calls) {
    long sum = 0;
    for (AttemptReport call : calls) {
      if (call.costNanos() != null) {
        sum = Math.addExact(sum, call.costNanos());
      }
    }
    return sum;
  }

  /**
   * How often candidates were asked again; what a stream's own candidate did is known at its end.
   */
  int retries() {
    int retries = 0;
    int from = 0;
    for (FallbackOutcome.Hop hop : hops) {
      int to = from + hop.failure().attempts().size();
      retries += retries(attempts.subList(from, to));
      from = to;
    }
    return retries + retries(attempts.subList(from, attempts.size()));
  }

  /** A call after one that went well is a second answer, and no retry. */
  private static int retries(List<AttemptReport> ofOneCandidate) {
    int retries = 0;
    for (int i = 1; i < ofOneCandidate.size(); i++) {
      retries += ofOneCandidate.get(i - 1).outcome().equals(Outcomes.OK) ? 0 : 1;
    }
    return retries;
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

  /** Ids of models whose answers were not accepted. */
  Set<String> refused() {
    return hops.stream()
        .filter(hop -> hop.failure() instanceof CallOutcome.Unacceptable)
        .map(hop -> hop.model().id())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Nullable String provider() {
    return modelId == null ? null : modelId.substring(0, modelId.indexOf('/'));
  }
}
