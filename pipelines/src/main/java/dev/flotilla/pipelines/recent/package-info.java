/**
 * Remembers what was worked out last, for what is asked again and again. It never works anything
 * out itself. Start with {@link dev.flotilla.pipelines.recent.Recent}.
 */
@NullMarked
package dev.flotilla.pipelines.recent;

import org.jspecify.annotations.NullMarked;
