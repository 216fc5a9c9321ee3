package dev.flotilla.contracts.ledger;

/**
 * The words of {@link LedgerEntry#state()}. Strings, because an older reader must not fail on a
 * state newer than itself.
 */
public final class EntryState {
  /** The request may have been billed, nobody knows; the truth lies between floor and ceiling. */
  public static final String UNKNOWN = "unknown";

  /** The cost is what the provider's own usage says. */
  public static final String SETTLED = "settled";

  /** The cost comes from tokens we counted ourselves. */
  public static final String ESTIMATED = "estimated";

  /** Proved not to be billed: nothing was sent, or the provider refused before working. */
  public static final String VOID = "void";

  private EntryState() {}
}
