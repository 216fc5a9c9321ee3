/**
 * The values that pass between steps: null, String, Boolean, Long, Double, List and Map with names,
 * and nothing else. There is nothing on them to call. Start with {@link
 * dev.flotilla.pipelines.value.Plain}.
 */
@NullMarked
package dev.flotilla.pipelines.value;

import org.jspecify.annotations.NullMarked;
