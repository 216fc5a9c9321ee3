package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Bucket;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Charge;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Served;
import dev.flotilla.catalog.ServiceTier;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.StreamTally;
import dev.flotilla.provider.embedding.Inputs;
import dev.flotilla.provider.lease.Hold;
import dev.flotilla.provider.pricing.Ceiling;
import dev.flotilla.provider.pricing.Cost;
import dev.flotilla.provider.pricing.Floor;
import dev.flotilla.provider.pricing.TokenCount;
import dev.flotilla.provider.resilience.Evidence;
import dev.flotilla.provider.resilience.Pass;
import dev.flotilla.provider.spool.IntentResult;
import dev.flotilla.provider.spool.Spool;
import dev.flotilla.provider.telemetry.AttemptMetrics;
import dev.flotilla.provider.telemetry.Oddity;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One call to a provider: written down before it is made and, exactly once, after it ended. Each of
 * the methods that end it decides what the ledger will say, and gives the pass back. One thread at
 * a time.
 */
final class Attempt {
  private static final Logger LOG = Logger.getLogger(Attempt.class.getName());
  private static final AttributeKey<List<String>> FINISH_REASONS =
      AttributeKey.stringArrayKey(SpanNames.FINISH_REASONS);

  private final Catalog catalog;
  private final Model model;
  private final ObjectNode request;
  private final boolean surelyFits;
  private final Pass pass;
  private final Span span;
  private final Spool spool;
  private final AttemptMetrics metrics;
  private final AttemptTime time;
  private LedgerEntry intent;
  private LedgerEntry soFar;
  private Hold hold = Hold.FREE;

  /**
   * @param surelyFits whether the request cannot be longer than the model's window
   */
  Attempt(
      LedgerEntry intent,
      Catalog catalog,
      Model model,
      ObjectNode request,
      boolean surelyFits,
      Pass pass,
      Span span,
      Spool spool,
      AttemptMetrics metrics) {
    this.intent = intent;
    this.soFar = intent;
    this.catalog = catalog;
    this.model = model;
    this.request = request;
    this.surelyFits = surelyFits;
    this.pass = pass;
    this.span = span;
    this.spool = spool;
    this.metrics = metrics;
    this.time = AttemptTime.from(intent.startedAt());
  }

  String id() {
    return intent.attemptId();
  }

  /** The most it can cost, nano-dollars. */
  long ceilingNanos() {
    return intent.ceilingNanos();
  }

  Instant startedAt() {
    return intent.startedAt();
  }

  /**
   * Counts the prompt's tokens, which were only bounded by its bytes until now.
   *
   * @param bodyBytes size of the request as it came
   * @return whether it can cost less than was thought
   */
  boolean countsLess(long bodyBytes) {
    Price listed = model.priceAt(intent.startedAt());
    long counted =
        Ceiling.countedNanos(model, listed, request, bodyBytes).orElse(intent.ceilingNanos());
    boolean less = counted < intent.ceilingNanos();
    if (less) {
      intent = intent.costingAtMost(counted);
      soFar = intent;
    }
    return less;
  }

  /** What it can cost is set aside; ended together with the attempt. */
  void pays(Hold money) {
    hold = money;
    intent = intent.under(money.lease());
    soFar = intent;
  }

  /** Writes down that it is about to be made; when refused, nothing may be sent. */
  IntentResult begin() {
    return spool.intent(intent);
  }

  /** It is not made after all, and nothing was written down. */
  void drop() {
    hold.drop();
    pass.giveBack(Evidence.NONE);
    pass.notSent();
    span.setStatus(StatusCode.ERROR, "refused before sending");
    span.end();
  }

  /** A stream has begun. */
  void begun() {
    pass.begun();
    metrics.begun(intent, time.elapsed());
  }

  /** A stream goes on: writes down what it has surely cost by now. Never fails, never waits. */
  void progress(StreamTally tally) {
    ProviderWords words = ProviderWords.of(tally);
    long floor = Floor.nanos(price(words), request, tally);
    soFar = intent.running(words.model(), words.id(), Math.min(floor, intent.ceilingNanos()));
    spool.progress(soFar);
  }

  /** The provider answered: its own usage is the cost, else what we count ourselves. */
  AttemptReport answered(CallOutcome.Answered answered) {
    pass.giveBack(Evidence.HEALTHY);
    Completion c = answered.completion();
    var usage = c.usage();
    if (c.usageRefused()) {
      odd(Oddity.USAGE_REFUSED);
    }
    return usage != null
        ? end(EntryState.SETTLED, Outcomes.OK, answered.status(), ProviderWords.of(c), usage)
        : end(
            EntryState.ESTIMATED, Outcomes.OK, answered.status(), ProviderWords.of(c), estimate(c));
  }

  private AttemptUsage estimate(Completion c) {
    Inputs inputs = model.embeds() ? Inputs.of(request) : null;
    if (inputs == null) {
      return TokenCount.estimate(request, c.text());
    }
    AttemptUsage estimate = TokenCount.estimate(inputs);
    // OpenAI's clients fail where vectors come without a count.
    c.body()
        .putObject("usage")
        .put("prompt_tokens", estimate.input())
        .put("total_tokens", estimate.input())
        .put("estimated", true);
    return estimate;
  }

  /**
   * The provider did not answer: free when it provably did no work, unknown when it may have, and
   * settled when it charged for rubbish.
   */
  AttemptReport failed(Failure failure, FaultRow row) {
    pass.failed(failure);
    // Some providers fail with 500 when a prompt is too long; that says nothing of their health.
    boolean perhapsThePrompt = failure instanceof Failure.ServerError && !surelyFits;
    // Nor does a file of the caller's that is not there.
    boolean perhapsTheFile = row.evidence() == Evidence.GONE && namesAFile(request);
    pass.giveBack(perhapsThePrompt || perhapsTheFile ? Evidence.NONE : row.evidence());
    if (failure instanceof Failure.CutShort(int status, var usage) && usage != null) {
      return end(EntryState.SETTLED, row.outcome(), status, ProviderWords.NONE, usage);
    }
    if (failure instanceof Failure.BadAnswer(int status, var usage) && usage != null) {
      return end(EntryState.SETTLED, row.outcome(), status, ProviderWords.NONE, usage);
    }
    String state = row.mayBeBilled() ? EntryState.UNKNOWN : EntryState.VOID;
    return end(state, row.outcome(), row.upstreamStatus(), ProviderWords.NONE, null);
  }

  /** A stream breaks off; what that means for its key and its place is noted before it ends. */
  void brokeOff(Failure why) {
    pass.failed(why);
  }

  /** Something about the answer is strange. */
  void odd(Oddity oddity) {
    metrics.odd(intent, oddity);
  }

  private static boolean namesAFile(ObjectNode request) {
    return !request.path("messages").findValues("file_id").isEmpty();
  }

  /** A stream ended, well or not: what the model wrote until then is charged by every provider. */
  AttemptReport streamed(String outcome, int status, StreamTally tally, Evidence evidence) {
    pass.giveBack(evidence);
    var usage = tally.usage();
    if (tally.usageRefused()) {
      odd(Oddity.USAGE_REFUSED);
    }
    return usage != null
        ? end(EntryState.SETTLED, outcome, status, ProviderWords.of(tally), usage)
        : end(
            EntryState.ESTIMATED,
            outcome,
            status,
            ProviderWords.of(tally),
            TokenCount.estimate(request, tally));
  }

  /** We failed ourselves, and nobody can say how far the provider got. */
  void broken() {
    pass.giveBack(Evidence.NONE);
    end(EntryState.UNKNOWN, Outcomes.SERVER_ERROR, null, ProviderWords.NONE, null);
  }

  private AttemptReport end(
      String how,
      String outcome,
      @Nullable Integer status,
      ProviderWords words,
      @Nullable AttemptUsage usage) {
    Long cost = how.equals(EntryState.VOID) ? Long.valueOf(0) : null;
    String state = how;
    if (usage != null) {
      switch (charge(words, usage)) {
        case Charge.Exact(long nanos) -> cost = nanos;
        case Charge.Unpriced(long atLeastNanos, var missing) -> {
          // Nobody here knows what it cost: never nothing, and rather too much than too little.
          cost = Math.max(atLeastNanos, ceilingNanos());
          state = EntryState.ESTIMATED;
          unpriced(missing);
        }
      }
    }
    LedgerEntry last = state.equals(EntryState.UNKNOWN) ? soFar : intent;
    LedgerEntry entry =
        last.ended(
            state,
            time.now(),
            outcome,
            words.model(),
            words.finish(),
            words.id(),
            usage == null ? AttemptUsage.NONE : usage,
            cost);
    spool.outcome(entry);
    // As the ledger will count it: of an end that nobody knows, the most it can have cost.
    hold.settle(cost == null ? ceilingNanos() : cost);
    noteServed(words);
    pass.used(tokens(state, usage));
    metrics.ended(entry);
    describe(entry);
    span.end();
    long ms = time.elapsed().toMillis();
    Long ceiling = cost == null ? Long.valueOf(ceilingNanos()) : null;
    return new AttemptReport(id(), model.id(), outcome, status, ms, cost, ceiling);
  }

  /** By the model and in the service that its provider says it gave: these it charges for. */
  private Charge charge(ProviderWords words, AttemptUsage usage) {
    Price listed = listed(words);
    return listed
        .under(tier(words))
        .map(price -> Cost.of(price, usage))
        .orElseGet(() -> new Charge.Unpriced(Cost.surely(listed, usage), Set.of()));
  }

  /** For what is surely spent: the standard price where the service has none. */
  private Price price(ProviderWords words) {
    Price listed = listed(words);
    return listed.under(tier(words)).orElse(listed);
  }

  private Price listed(ProviderWords words) {
    return catalog.charged(model, words.model()).priceAt(intent.startedAt());
  }

  private ServiceTier tier(ProviderWords words) {
    ServiceTier asked = Ceiling.tier(request);
    return words.tier() == null ? asked : ServiceTier.of(words.tier()).orElse(asked);
  }

  private void unpriced(Set<Bucket> missing) {
    odd(Oddity.UNPRICED);
    LOG.log(
        Level.WARNING,
        "attempt {0} of {1} used what has no price there: {2}; its ceiling was charged. Write the"
            + " price into the catalogue.",
        new Object[] {
          id(), model.id(), missing.isEmpty() ? "this service or so long a prompt" : missing
        });
  }

  private void noteServed(ProviderWords words) {
    if (words.tier() != null && ServiceTier.of(words.tier()).isEmpty()) {
      odd(Oddity.TIER_UNKNOWN);
    }
    switch (catalog.served(model, words.model())) {
      case Served.AsAsked() -> {}
      case Served.Another(Model other) -> {
        odd(Oddity.SERVED_OTHER);
        LOG.log(
            Level.FINE,
            "{0} was served as {1}, whose price is charged",
            new Object[] {model.id(), other.id()});
      }
      case Served.Unknown() -> {
        odd(Oddity.SERVED_UNKNOWN);
        LOG.log(
            Level.FINE,
            "{0} was served as ''{1}'', which the catalogue does not know; add it to served_as if it"
                + " is the same model",
            new Object[] {model.id(), words.model()});
      }
    }
  }

  private static @Nullable Long tokens(String state, @Nullable AttemptUsage usage) {
    if (usage == null) {
      return state.equals(EntryState.VOID) ? Long.valueOf(0) : null;
    }
    long sum = 0;
    for (Long bucket :
        Arrays.asList(
            usage.input(),
            usage.cacheRead(),
            usage.cacheWrite5m(),
            usage.cacheWrite1h(),
            usage.output(),
            usage.reasoning(),
            usage.audioIn(),
            usage.audioOut())) {
      sum += bucket == null ? 0 : bucket;
    }
    return sum;
  }

  private void describe(LedgerEntry entry) {
    if (!span.isRecording()) {
      return;
    }
    if (!Outcomes.OK.equals(entry.outcome()) && entry.outcome() != null) {
      span.setStatus(StatusCode.ERROR);
      span.setAttribute(SpanNames.ERROR_TYPE, entry.outcome());
    }
    if (entry.costNanos() != null) {
      span.setAttribute(SpanNames.COST_NANOS, entry.costNanos());
    }
    if (entry.servedModel() != null) {
      span.setAttribute(SpanNames.RESPONSE_MODEL, entry.servedModel());
    }
    if (entry.upstreamId() != null) {
      span.setAttribute(SpanNames.RESPONSE_ID, entry.upstreamId());
    }
    if (entry.finishReason() != null) {
      span.setAttribute(FINISH_REASONS, List.of(entry.finishReason()));
    }
    AttemptUsage u = entry.usage();
    if (u.input() != null && u.output() != null) {
      // The conventions count as OpenAI does: cached inside input, reasoning inside output.
      long cached = u.cacheRead() == null ? 0 : u.cacheRead();
      long written5m = u.cacheWrite5m() == null ? 0 : u.cacheWrite5m();
      long written1h = u.cacheWrite1h() == null ? 0 : u.cacheWrite1h();
      long reasoning = u.reasoning() == null ? 0 : u.reasoning();
      long heard = u.audioIn() == null ? 0 : u.audioIn();
      long spoken = u.audioOut() == null ? 0 : u.audioOut();
      span.setAttribute(SpanNames.INPUT_TOKENS, u.input() + cached + written5m + written1h + heard);
      span.setAttribute(SpanNames.OUTPUT_TOKENS, u.output() + reasoning + spoken);
      span.setAttribute(SpanNames.CACHE_READ_TOKENS, cached);
      span.setAttribute(SpanNames.REASONING_TOKENS, reasoning);
    }
  }
}
