package dev.flotilla.provider.spool;

/**
 * The spool at one moment.
 *
 * @param bytes on disk
 * @param limitBytes at which paid calls are refused
 * @param unshipped attempts that have ended and that the ledger does not have
 * @param oldestUnshippedMillis how long the oldest of them has waited; 0 when there is none
 * @param inFlight attempts whose end is not written yet
 * @param damaged stretches of bytes that recovery passed over
 * @param writable whether the last write succeeded and there is room for another
 */
public record SpoolState(
    long bytes,
    long limitBytes,
    int unshipped,
    long oldestUnshippedMillis,
    int inFlight,
    int damaged,
    boolean writable) {}
