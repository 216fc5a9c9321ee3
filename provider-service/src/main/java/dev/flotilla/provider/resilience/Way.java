package dev.flotilla.provider.resilience;

import java.time.Duration;

/** Whether a model can be asked now. */
public sealed interface Way permits Way.Resting, Way.Full, Pass {
  /** Every circuit is open, or its probes are under way; it is worth asking again after a while. */
  record Resting(Duration retryAfter) implements Way {}

  /** What the provider grants is used up for now. */
  record Full(Duration retryAfter) implements Way {}
}
