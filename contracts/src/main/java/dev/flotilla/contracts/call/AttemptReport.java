package dev.flotilla.contracts.call;

import jakarta.json.bind.annotation.JsonbProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as its caller is told of it.
 *
 * @param attemptId the ledger's key
 * @param model catalogue id of the model that was called
 * @param outcome one of {@link Outcomes}
 * @param status HTTP status of the provider; null when there was none
 * @param ms wall time in milliseconds
 * @param costNanos nano-dollars; null when nobody knows
 * @param ceilingNanos the most it can have cost, when nobody knows; null when somebody does
 */
public record AttemptReport(
    @JsonbProperty("attempt_id") String attemptId,
    String model,
    String outcome,
    @Nullable Integer status,
    long ms,
    @JsonbProperty("cost_nanos") @Nullable Long costNanos,
    @JsonbProperty("ceiling_nanos") @Nullable Long ceilingNanos) {

  /**
   * The most that attempts can have cost together as far as anybody knows, nano-dollars: what is
   * not known cost as much as it can have.
   */
  public static long mostNanos(List<AttemptReport> attempts) {
    long sum = 0;
    for (AttemptReport attempt : attempts) {
      Long cost = attempt.costNanos() == null ? attempt.ceilingNanos() : attempt.costNanos();
      sum = Math.addExact(sum, cost == null ? 0 : cost);
    }
    return sum;
  }
}
