/**
 * Traces: one per request, through all services. It never records prompts, answers or keys. Start
 * with {@link dev.flotilla.kit.telemetry.Tracing}.
 */
@NullMarked
package dev.flotilla.kit.telemetry;

import org.jspecify.annotations.NullMarked;
