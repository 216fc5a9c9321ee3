package dev.flotilla.provider.dialect.simulator;

import org.jspecify.annotations.Nullable;

/** How a simulated model behaves, asked for by the end of its name: {@code sim-north/fast:500}. */
enum Mood {
  FINE,
  TIMEOUT,
  SERVER_ERROR,
  RATE_LIMITED,
  BAD_JSON,
  CUT,
  SLOW;

  /** Null for a word nobody knows. */
  static @Nullable Mood of(String upstreamName) {
    int colon = upstreamName.lastIndexOf(':');
    if (colon < 0) {
      return FINE;
    }
    return switch (upstreamName.substring(colon + 1)) {
      case "timeout" -> TIMEOUT;
      case "500" -> SERVER_ERROR;
      case "429" -> RATE_LIMITED;
      case "badjson" -> BAD_JSON;
      case "cut" -> CUT;
      case "slow" -> SLOW;
      default -> null;
    };
  }
}
