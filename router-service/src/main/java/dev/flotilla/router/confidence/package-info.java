/**
 * Decides whether one may be sure enough of a candidate's answer that passed its validators, or
 * somebody stronger is to be asked. It never changes an answer and never says why one is wrong.
 * Start with {@link dev.flotilla.router.confidence.Gates}.
 */
@NullMarked
package dev.flotilla.router.confidence;

import org.jspecify.annotations.NullMarked;
