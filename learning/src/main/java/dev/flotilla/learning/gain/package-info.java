/**
 * Whether a stronger model is worth its price for a prompt. Start with {@link
 * dev.flotilla.learning.gain.GainModel}.
 */
@NullMarked
package dev.flotilla.learning.gain;

import org.jspecify.annotations.NullMarked;
