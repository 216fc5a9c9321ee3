/**
 * Names of metrics, spans and attributes, in one place so that dashboards, alerts and code cannot
 * drift apart. Names only, no code that measures. Start with {@link
 * dev.flotilla.contracts.telemetry.MetricNames}.
 */
@NullMarked
package dev.flotilla.contracts.telemetry;

import org.jspecify.annotations.NullMarked;
