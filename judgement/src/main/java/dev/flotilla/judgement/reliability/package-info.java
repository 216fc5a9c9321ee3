/**
 * How far reviewers can be trusted, and what that makes of what several of them say. It knows
 * outcomes, never reasons. Start with {@link dev.flotilla.judgement.reliability.Reliability}.
 */
@NullMarked
package dev.flotilla.judgement.reliability;

import org.jspecify.annotations.NullMarked;
