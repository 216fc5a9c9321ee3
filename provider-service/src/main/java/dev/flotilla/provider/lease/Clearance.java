package dev.flotilla.provider.lease;

import dev.flotilla.contracts.lease.LeaseRefusal;

/** Whether an attempt may spend. */
public sealed interface Clearance {
  /** It may, and the hold must be ended. */
  record Cleared(Hold hold) implements Clearance {}

  /**
   * A budget has not enough left.
   *
   * @param cheaper whether it has more for a model of the cheapest tier
   */
  record Refused(LeaseRefusal refusal, boolean cheaper) implements Clearance {}

  /**
   * cost-service is away, what it leased is used up, and a budget wants no more to be spent then.
   *
   * @param budget which one; in words when nobody could ask which there are
   */
  record Unverifiable(String budget) implements Clearance {}
}
