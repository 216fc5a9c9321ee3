package dev.flotilla.cost.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A week of each team.
 *
 * @param cheaper what {@link Team#cheaper} means
 * @param teams dearest first, at most a hundred
 */
record Weekly(String object, long startTime, long endTime, String cheaper, List<Team> teams) {

  /**
   * One team's week.
   *
   * @param before what the week before cost
   * @param changeNanos negative when this week cost less
   * @param saved as /v1/costs/savings tells it, net
   * @param savedRatio share of what would have been spent; null when that is nothing
   * @param movers at most five models whose cost changed most
   * @param cheaper at most five, the one that would spare most first
   * @param explain by a figure's place, the statement that recomputes it; left out unless asked for
   */
  record Team(
      String team,
      boolean simulated,
      CostResult.Amount spent,
      CostResult.Amount before,
      long changeNanos,
      Savings.Dollars saved,
      @Nullable BigDecimal savedRatio,
      List<CostSummary.Mover> movers,
      List<Cheaper> cheaper,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> explain) {}

  /**
   * A model did work that a cheaper one did as well.
   *
   * @param answers of the dearer one
   * @param accepted share of its attempts whose answer was given to the caller
   * @param insteadAccepted the same share of the cheaper one
   * @param wouldHaveCost the dearer one's tokens at the cheaper one's price
   */
  record Cheaper(
      String taskType,
      String model,
      String instead,
      long answers,
      BigDecimal accepted,
      BigDecimal insteadAccepted,
      Savings.Dollars spent,
      Savings.Dollars wouldHaveCost,
      Savings.Dollars spared) {}
}
