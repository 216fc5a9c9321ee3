/**
 * Whether a stronger model is worth its price for a prompt, and what deciding so keeps of its
 * quality. Start with {@link dev.flotilla.learning.gain.MeasuredGain}.
 */
@NullMarked
package dev.flotilla.learning.gain;

import org.jspecify.annotations.NullMarked;
