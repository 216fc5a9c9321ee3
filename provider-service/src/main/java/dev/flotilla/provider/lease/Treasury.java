package dev.flotilla.provider.lease;

import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import java.util.UUID;

/**
 * Who has the budgets. Each method may be repeated when its answer was lost, and throws {@link
 * AwayException} within a bounded time when nobody answers. Thread-safe.
 */
interface Treasury {
  Coverage coverage(Payer payer);

  LeaseGrant renew(UUID lease, LeaseDemand demand);

  void releaseEarlierLives(String holder, String life);

  /** Nobody answers, or not in a way we understand. */
  final class AwayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AwayException(String message, Throwable cause) {
      super(message, cause);
    }

    AwayException(String message) {
      super(message);
    }
  }
}
