package dev.flotilla.router.confidence;

import dev.flotilla.learning.confidence.Features;
import org.jspecify.annotations.Nullable;

/**
 * What was made of a candidate's answer.
 *
 * @param model who gave it
 * @param features what spoke for and against it
 * @param score how likely it is good, 0 to 1; null when too little was known of it
 * @param accepted whether that was enough
 */
public record Confidence(
    String model, Features features, @Nullable Double score, boolean accepted) {}
