package dev.flotilla.provider.resilience;

import java.time.Duration;

/** Whether a call may go to a model now. */
public sealed interface Admission permits Admission.Refused, Permit {
  /** How long it is worth waiting before asking again; zero when admitted. */
  Duration retryAfter();

  /** The circuit is open, or its probes are under way. */
  record Refused(Duration retryAfter) implements Admission {}
}
