/**
 * Counters with labels. It never knows what is counted. Start with {@link
 * dev.flotilla.kit.metrics.LabelledCounter}.
 */
@NullMarked
package dev.flotilla.kit.metrics;

import org.jspecify.annotations.NullMarked;
