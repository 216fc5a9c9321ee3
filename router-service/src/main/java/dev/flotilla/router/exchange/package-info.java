/**
 * What was asked and what was answered, kept as it came with a view of the parts this fleet reads.
 * It decides nothing. Start with {@link dev.flotilla.router.exchange.ChatRequest}.
 */
@NullMarked
package dev.flotilla.router.exchange;

import org.jspecify.annotations.NullMarked;
