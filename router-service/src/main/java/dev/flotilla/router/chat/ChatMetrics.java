package dev.flotilla.router.chat;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.classification.Classification.DecidedBy;
import dev.flotilla.router.exchange.Operation;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.fallback.FallbackOutcome.Hop;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.validation.BrokenRule;
import dev.flotilla.router.validation.Validation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts replies where they are known to the end. Label sets known beforehand exist from the start,
 * so that ratios do too.
 */
final class ChatMetrics {
  private static final String SUCCESS = "success";
  private static final String CLIENT_ERROR = "client_error";
  private static final String SERVER_ERROR = "server_error";

  /** An answer that did not pass its validators and was wanted all the same. */
  private static final String BEST_EFFORT = "best_effort";

  private static final String NO_TYPE = "none";
  private static final String NO_PIPELINE = "none";

  private final LabelledCounter requests;
  private final LabelledCounter fallbackAnswers;
  private final LabelledCounter escalations;
  private final LabelledCounter validationFailures;
  private final LabelledCounter hops;
  private final LabelledCounter cache;
  private final LabelledCounter decisions;
  private final Timer overhead;
  private final Timer took;
  private final LabelledCounter baseline;
  private final LabelledCounter besideBaseline;
  private final AtomicLong inflight = new AtomicLong();

  ChatMetrics(MetricRegistry registry) {
    requests =
        new LabelledCounter(
            registry,
            MetricNames.ROUTER_REQUESTS,
            "Requests answered",
            List.of("origin", "task_type", "outcome"));
    fallbackAnswers =
        new LabelledCounter(
            registry,
            MetricNames.ROUTER_FALLBACK_ANSWERS,
            "Answers that needed another candidate for a provider's reason, each counted once",
            List.of("reason"));
    escalations =
        new LabelledCounter(
            registry,
            MetricNames.ROUTER_ESCALATIONS,
            "Answers that needed another candidate although the provider was well, each counted once",
            List.of("reason"));
    validationFailures =
        new LabelledCounter(
            registry,
            MetricNames.VALIDATION_FAILURES,
            "Answers that validators refused, by the rule they broke first",
            List.of("pipeline", "step", "rule"));
    hops =
        new LabelledCounter(
            registry,
            MetricNames.ROUTER_FALLBACK_HOPS,
            "Steps from one candidate to the next",
            List.of("from", "to", "reason"));
    cache =
        new LabelledCounter(
            registry,
            MetricNames.CACHE_REQUESTS,
            "Questions to the answer cache",
            List.of("result"));
    decisions =
        new LabelledCounter(
            registry,
            MetricNames.CLASSIFIER_DECISIONS,
            "Task types decided",
            List.of("decided_by", "task_type"));
    overhead =
        registry.timer(
            Metadata.builder()
                .withName(MetricNames.ROUTER_OVERHEAD)
                .withDescription("Time the router itself took per request")
                .build());
    took =
        registry.timer(
            Metadata.builder()
                .withName(MetricNames.ROUTER_REQUEST)
                .withDescription("Time from a request's arrival to the end of its answer")
                .build());
    baseline =
        new LabelledCounter(
            registry,
            MetricNames.BASELINE_COST_NANOUSD,
            "What the baseline model would have taken for whole answers, nano-dollars",
            List.of("task_type", "team"));
    besideBaseline =
        new LabelledCounter(
            registry,
            MetricNames.BASELINE_ACTUAL_NANOUSD,
            "What the same answers cost, nano-dollars",
            List.of("task_type", "team"));
    registry.gauge(
        Metadata.builder()
            .withName(MetricNames.ROUTER_INFLIGHT)
            .withDescription("Requests being answered")
            .build(),
        inflight,
        AtomicLong::get);
    initialise();
  }

  private void initialise() {
    var types = new ArrayList<String>(List.of(NO_TYPE));
    for (TaskType type : TaskType.values()) {
      types.add(type.word());
      for (DecidedBy by : DecidedBy.values()) {
        decisions.of(by.word(), type.word());
      }
    }
    for (String outcome : List.of(SUCCESS, CLIENT_ERROR, SERVER_ERROR)) {
      types.forEach(type -> requests.of(Operation.CHAT.word(), type, outcome));
      requests.of(Operation.EMBEDDINGS.word(), NO_TYPE, outcome);
    }
    types.forEach(type -> requests.of(Operation.CHAT.word(), type, BEST_EFFORT));
    Outcomes.PROVIDER_REASONS.forEach(fallbackAnswers::of);
    Outcomes.ESCALATIONS.forEach(escalations::of);
    Validation.RULES.forEach(rule -> validationFailures.of(NO_PIPELINE, NO_PIPELINE, rule));
    for (var result : RouteFacts.CacheResult.values()) {
      cache.of(result.name().toLowerCase(Locale.ROOT));
    }
  }

  void begin() {
    inflight.incrementAndGet();
  }

  void done() {
    inflight.decrementAndGet();
  }

  /** A body that could not be read as a request. */
  void refusedUnread() {
    requests.of(Operation.CHAT.word(), NO_TYPE, CLIENT_ERROR).inc();
  }

  /** The caller left before the end. */
  void abandoned(Operation operation) {
    requests.of(operation.word(), NO_TYPE, CLIENT_ERROR).inc();
  }

  /**
   * @param tookNanos until the answer's last byte
   */
  void end(
      Purpose purpose,
      Reply reply,
      ReplyWriter.Written written,
      long overheadNanos,
      long tookNanos) {
    RouteFacts facts = written.facts();
    Classification type = facts.classification();
    requests
        .of(
            purpose.origin(),
            type == null ? NO_TYPE : type.taskType().word(),
            outcome(reply, written))
        .inc();
    cache.of(facts.cache().name().toLowerCase(Locale.ROOT)).inc();
    if (type != null && facts.cache() != RouteFacts.CacheResult.HIT) {
      decisions.of(type.decidedBy().word(), type.taskType().word()).inc();
    }
    countHops(facts, purpose);
    countBroken(written.broken(), purpose);
    overhead.update(Duration.ofNanos(overheadNanos));
    took.update(Duration.ofNanos(tookNanos));
  }

  /**
   * A whole fresh answer for which the router chose the model.
   *
   * @param savedNanos beside the baseline model; negative when it cost more
   */
  void compared(RouteFacts facts, String team, long savedNanos) {
    Classification type = facts.classification();
    if (type != null && facts.cache() != RouteFacts.CacheResult.HIT) {
      long actual = facts.costNanos();
      baseline.of(type.taskType().word(), team).inc(Math.max(0, Math.addExact(actual, savedNanos)));
      besideBaseline.of(type.taskType().word(), team).inc(actual);
    }
  }

  private void countHops(RouteFacts facts, Purpose purpose) {
    Hop before = null;
    for (Hop hop : facts.hops()) {
      countHop(before, hop.model());
      if (hop.failure() instanceof CallOutcome.Unacceptable unacceptable) {
        countBroken(unacceptable.broken(), purpose);
      }
      before = hop;
    }
    countHop(before, facts.lastAsked());
    String reason = facts.fallbackReason();
    if (reason != null && facts.modelId() != null) {
      boolean escalation = Outcomes.ESCALATIONS.contains(reason);
      (escalation ? escalations : fallbackAnswers).of(reason).inc();
    }
  }

  private void countBroken(List<BrokenRule> broken, Purpose purpose) {
    if (!broken.isEmpty()) {
      validationFailures
          .of(
              Objects.requireNonNullElse(purpose.pipeline(), NO_PIPELINE),
              Objects.requireNonNullElse(purpose.step(), NO_PIPELINE),
              broken.getFirst().rule())
          .inc();
    }
  }

  private void countHop(@Nullable Hop from, @Nullable Model to) {
    if (from != null && to != null) {
      hops.of(from.model().provider().id(), to.provider().id(), from.failure().reason()).inc();
    }
  }

  private static String outcome(Reply reply, ReplyWriter.Written written) {
    if (reply instanceof Reply.Refused refused) {
      return refused.error().status() < 500 ? CLIENT_ERROR : SERVER_ERROR;
    }
    if (!written.complete()) {
      return SERVER_ERROR;
    }
    return written.facts().broken().isEmpty() ? SUCCESS : BEST_EFFORT;
  }
}
