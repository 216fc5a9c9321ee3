package dev.flotilla.provider.resilience;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A circuit at one moment.
 *
 * @param retryAfter until a call would be let through; null when one would be now
 * @param gone whether its provider did not know the model when it was asked last
 * @param failureRate share of failures among the last outcomes, 0 to 1; 0 when there is none
 * @param notClosedFor how long ago it was closed last; null while it is closed
 */
public record Circuit(
    String provider,
    String model,
    CircuitState state,
    @Nullable Duration retryAfter,
    boolean gone,
    double failureRate,
    @Nullable Duration notClosedFor) {}
