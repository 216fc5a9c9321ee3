package dev.flotilla.provider.telemetry;

import java.util.Locale;

/** What is strange about an answer that was given all the same; somebody should look into it. */
public enum Oddity {
  /** Its provider's counts cannot be true, so ours were charged. */
  USAGE_REFUSED,

  /** Its stream said why it ended, but not that it did. */
  NO_DONE,

  /** Another model of the catalogue gave it than was asked, and its price was charged. */
  SERVED_OTHER,

  /** A model nobody knows gave it; the price of the one that was asked was charged. */
  SERVED_UNKNOWN,

  /** It was given in a service nobody knows; the price of the one that was asked was charged. */
  TIER_UNKNOWN,

  /** Something of it has no price; the attempt's ceiling was charged, as an estimate. */
  UNPRICED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
