/**
 * Reads configuration into types that cannot be wrong afterwards. It never guesses: what is wrong
 * stops the start, with key, value and remedy. Start with {@link
 * dev.flotilla.kit.settings.Settings}.
 */
@NullMarked
package dev.flotilla.kit.settings;

import org.jspecify.annotations.NullMarked;
