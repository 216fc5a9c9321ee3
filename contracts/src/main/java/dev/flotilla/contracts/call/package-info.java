/**
 * What accompanies a call from one service to the next: header names, the words for how an attempt
 * ended, and the report of the attempts behind an answer. It never carries prompts or answers.
 * Start with {@link dev.flotilla.contracts.call.FleetHeaders}.
 */
@NullMarked
package dev.flotilla.contracts.call;

import org.jspecify.annotations.NullMarked;
