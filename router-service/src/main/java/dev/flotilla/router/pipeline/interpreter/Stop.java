package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Why a run does not go on from where it is. */
abstract sealed class Stop extends RuntimeException {
  private static final long serialVersionUID = 1;

  private Stop() {
    super(null, null, false, false);
  }

  /** A step has failed, and nothing in the pipeline makes up for it. */
  static final class Failed extends Stop {
    private static final long serialVersionUID = 1;
    final transient ObjectNode error;

    Failed(ObjectNode error) {
      this.error = error;
    }
  }

  /** It waits for something that takes a while. */
  static final class Resting extends Stop {
    private static final long serialVersionUID = 1;
    final Instant until;
    final @Nullable String waitingFor;

    Resting(Instant until, @Nullable String waitingFor) {
      this.until = until;
      this.waitingFor = waitingFor;
    }

    /** Both are waited for. */
    Resting and(@Nullable Resting other) {
      return other == null
          ? this
          : new Resting(
              until.isBefore(other.until) ? until : other.until,
              waitingFor == null ? other.waitingFor : waitingFor);
    }
  }

  /** This process leaves. */
  static final class Leaving extends Stop {
    private static final long serialVersionUID = 1;
  }

  /** The run's time is over. */
  static final class OutOfTime extends Stop {
    private static final long serialVersionUID = 1;
  }
}
