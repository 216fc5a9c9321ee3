package dev.flotilla.contracts.ledger;

import jakarta.json.bind.annotation.JsonbProperty;
import java.util.List;

/**
 * Which amounts the ledger has for these attempts.
 *
 * @param attemptIds 1 to {@link #LIMIT} of them; more is refused whole
 */
public record AuditQuestion(@JsonbProperty("attempt_ids") List<String> attemptIds) {
  /** More attempts than this in one question are a 413. */
  public static final int LIMIT = 500;
}
