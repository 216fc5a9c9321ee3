/**
 * Decides which traffic shows what the fleet can do, and whether the fleet kept its word about it.
 * Never knows how the fleet was started and takes no fact from anywhere but the router's answers
 * and the ledger. Start at {@link dev.flotilla.local.demo.Demo#run}.
 */
@NullMarked
package dev.flotilla.local.demo;

import org.jspecify.annotations.NullMarked;
