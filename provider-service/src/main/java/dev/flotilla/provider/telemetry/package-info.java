/**
 * What this service counts and says about its health. Nothing is decided by these numbers. Start
 * with {@link dev.flotilla.provider.telemetry.AttemptMetrics}.
 */
@NullMarked
package dev.flotilla.provider.telemetry;

import org.jspecify.annotations.NullMarked;
