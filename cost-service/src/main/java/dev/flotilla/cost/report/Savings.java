package dev.flotilla.cost.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.flotilla.catalog.Money;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What routing and caching saved, and against what.
 *
 * @param definition what the figures mean; never left out
 * @param results one for real answers, one for simulated ones when they were asked for
 */
record Savings(
    String object, long startTime, long endTime, Definition definition, List<Result> results) {

  /**
   * What the figures mean.
   *
   * @param baselineModels models that would have been asked without routing, as the routers were
   *     configured in this range
   * @param priceVersion hash of the catalogue the tokens were re-priced with
   * @param decisionsUnderOtherPrices requests the router decided with another catalogue than that
   */
  record Definition(
      List<String> baselineModels,
      String priceVersion,
      long decisionsUnderOtherPrices,
      String routing,
      String cache,
      String overhead,
      String saved,
      String advice) {
    static Definition of(List<String> baselineModels, String priceVersion, long others) {
      return new Definition(
          baselineModels,
          priceVersion,
          others,
          "Answers whose model the router chose: their tokens as the ledger has them, re-priced for the baseline model at that day's"
              + " price for prompts of their length in the standard service, minus what they cost. Answers of models the caller named are not compared.",
          "Answers from the cache: the tokens they once took, re-priced for the model that gave them, which is what it would have cost"
              + " to ask it again.",
          "Counted against us: failed attempts that were billed, drafts that were not the answer (escalations), calls to classify,"
              + " review and shadow, and attempts of unknown outcome at their ceiling.",
          "routing.saved + cache.saved - overhead.total",
          "pin_one_model, with the baseline as advice_model, where routing does not pay: overhead, it is at least what routing saved;"
              + " uniformly_hard, the baseline itself gave nine of ten answers; too_little_volume, fewer than 100 answers in 30 days"
              + " (told for ranges of a week or more).");
    }
  }

  /**
   * The figures of all requests, or of one task type.
   *
   * @param taskType null in the sum of all, and for requests whose caller named the models
   * @param escalations requests that went on for the sake of quality or a budget
   * @param named attempts whose model the caller chose; not compared
   * @param notCompared attempts without a decision, a baseline or a price to compare with
   * @param savedRatio share of what would have been spent; null when that is nothing
   * @param advice {@code pin_one_model} or null
   * @param adviceReason {@code overhead}, {@code uniformly_hard} or {@code too_little_volume}; null
   *     without advice
   * @param adviceModel which one; null without advice
   * @param byTaskType empty within a task type
   * @param explain by a figure's place in this result, the statement that recomputes it; left out
   *     unless asked for
   */
  record Result(
      @Nullable String taskType,
      boolean simulated,
      Routing routing,
      Cache cache,
      Overhead overhead,
      long escalations,
      Group named,
      Group notCompared,
      Dollars saved,
      @Nullable BigDecimal savedRatio,
      @Nullable String advice,
      @Nullable String adviceReason,
      @Nullable String adviceModel,
      List<Result> byTaskType,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> explain) {}

  /** Answers whose model the router chose. */
  record Routing(long answers, Dollars baseline, Dollars spent, Dollars saved) {}

  /**
   * Answers from the cache.
   *
   * @param unpriced hits whose model or tokens are not known, counted as saving nothing
   */
  record Cache(long hits, long unpriced, Dollars saved) {}

  /**
   * What we spent on top of the answers.
   *
   * @param unknown at the ceiling; not spent for sure, so no part of what /v1/costs reports
   */
  record Overhead(
      Dollars total,
      Dollars failed,
      Dollars escalation,
      Dollars classifier,
      Dollars review,
      Dollars shadow,
      Dollars unknown) {}

  /** Attempts that are neither saving nor overhead. */
  record Group(long attempts, Dollars spent) {}

  /**
   * Dollars, and the same in nano-dollars.
   *
   * @param usd exact
   */
  record Dollars(BigDecimal usd, long nanos) {
    static Dollars of(long nanos) {
      return new Dollars(Money.usd(nanos), nanos);
    }
  }
}
