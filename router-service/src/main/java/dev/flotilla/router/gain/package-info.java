/**
 * Whether a request goes to a cheap or to a strong model first, by what the strong one is foretold
 * to bring. It never takes a model away, and it calls none. Start with {@link
 * dev.flotilla.router.gain.GainRouter}.
 */
@NullMarked
package dev.flotilla.router.gain;

import org.jspecify.annotations.NullMarked;
