package dev.flotilla.cost.ledger;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.cost.ledger.Standing.Absent;
import dev.flotilla.cost.ledger.Standing.Aged;
import dev.flotilla.cost.ledger.Standing.Ended;
import dev.flotilla.cost.ledger.Standing.Open;

/** What becomes of an entry that meets what the ledger already has. */
enum Fate {
  ACCEPTED,
  DUPLICATE,
  /** It counts as an estimate, and what it really cost is written as a correction of that. */
  CORRECTS,
  /** The attempt ended with another amount before; the first one stays. */
  CONFLICT;

  static Fate of(LedgerEntry entry, Standing met) {
    return switch (met) {
      case Absent() -> ACCEPTED;
      case Open() -> Standing.of(entry) instanceof Open ? DUPLICATE : ACCEPTED;
      case Ended(long before) ->
          switch (Standing.of(entry)) {
            case Ended(long now) when now != before -> CONFLICT;
            // An intent that comes after its own outcome has nothing to add.
            case Ended e -> DUPLICATE;
            case Open e -> DUPLICATE;
            case Aged e -> DUPLICATE;
            case Absent e -> DUPLICATE;
          };
      case Aged(long estimate) ->
          Standing.of(entry) instanceof Ended(long now) && now != estimate ? CORRECTS : DUPLICATE;
    };
  }
}
