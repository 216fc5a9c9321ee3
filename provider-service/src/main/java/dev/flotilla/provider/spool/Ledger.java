package dev.flotilla.provider.spool;

import dev.flotilla.contracts.ledger.AuditAnswer;
import dev.flotilla.contracts.ledger.AuditQuestion;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;

/** Who keeps the entries for good. Thread-safe; sending a batch twice is harmless. */
public interface Ledger {
  /**
   * Returns when the batch is safe there.
   *
   * @throws BatchRefused when this batch will never be taken as it is; any other RuntimeException
   *     means that the ledger is away and the same batch is worth sending again
   */
  BatchReceipt append(EntryBatch batch);

  /**
   * What it has of these attempts.
   *
   * @throws RuntimeException when it is away
   */
  AuditAnswer audit(AuditQuestion question);

  /** The ledger read the batch and will not take it. */
  final class BatchRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BatchRefused(int status, Throwable cause) {
      super("the ledger refused a batch with status " + status, cause);
    }
  }
}
