package dev.flotilla.contracts.ledger;

import java.util.List;

/**
 * What became of a batch: each of its entries is counted in exactly one of the three.
 *
 * @param accepted written now, or moved from {@code unknown} to its end
 * @param duplicate was there already, with the same content
 * @param rejected never written as sent; the sender keeps these where a person can look
 */
public record BatchReceipt(int accepted, int duplicate, List<RejectedEntry> rejected) {}
