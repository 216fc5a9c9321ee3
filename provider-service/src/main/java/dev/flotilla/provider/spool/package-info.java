/**
 * Writes down every paid attempt before it is made, while it runs and after it ended, and carries
 * what was written to the ledger. It never decides what an attempt cost. Start with {@link
 * dev.flotilla.provider.spool.Spool}.
 */
@NullMarked
package dev.flotilla.provider.spool;

import org.jspecify.annotations.NullMarked;
