/**
 * Makes a call that carries a key once, by all instances together, and gives its answer again for a
 * while. It never keeps a call from being made because Redis is away. Start with {@link
 * dev.flotilla.provider.replay.Replays}.
 */
@NullMarked
package dev.flotilla.provider.replay;

import org.jspecify.annotations.NullMarked;
