package dev.flotilla.cost.roi;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.flotilla.cost.currency.Rate;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What pipelines spared.
 *
 * @param definition what the figures mean; never left out
 * @param pipelines dearest first
 */
record Roi(
    String object, long startTime, long endTime, String definition, List<Pipeline> pipelines) {
  static final String DEFINITION =
      "manual = runs × minutes × hourly rate / 60, by manual-work.csv; saved = manual - cost, roi = saved / cost, in the currency of the"
          + " hourly rate, each day's cost at its own rate. A run counts where it began; cost is settled and estimated attempts of the range.";

  /**
   * One of them.
   *
   * @param runs that began in the range; of attempts outside of runs, requests
   * @param cost dollars
   * @param costPerRun null when no run began
   * @param work null when nobody has written down what the work takes by hand
   * @param explain by a figure's place in this result, the statement that recomputes it; left out
   *     unless asked for
   */
  record Pipeline(
      String pipeline,
      boolean simulated,
      long runs,
      BigDecimal cost,
      @Nullable BigDecimal costPerRun,
      @Nullable Work work,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Map<String, String> explain) {}

  /**
   * The same work by hand; all amounts in its currency.
   *
   * @param cost of the models, each day at its own rate
   * @param roi null when the models cost nothing
   * @param rates those that were used; none for dollars
   */
  record Work(
      BigDecimal minutesPerRun,
      BigDecimal hourlyRate,
      String currency,
      BigDecimal manual,
      BigDecimal cost,
      BigDecimal saved,
      @Nullable BigDecimal roi,
      List<Rate> rates) {}
}
