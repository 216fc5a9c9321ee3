/**
 * Kills the parts of a fleet under load and holds its ledger against the bill of an upstream that
 * kept its own. It never repairs what it finds. Start with {@link dev.flotilla.bench.chaos.Chaos}.
 */
@NullMarked
package dev.flotilla.bench.chaos;

import org.jspecify.annotations.NullMarked;
