package dev.flotilla.kit.telemetry;

import dev.flotilla.kit.settings.Settings;
import org.jspecify.annotations.Nullable;

/**
 * @param service how this service is named in traces
 * @param endpoint base address spans go to by OTLP over HTTP, e.g. {@code http://collector:4318};
 *     {@code /v1/traces} is added; null switches export off
 * @param ratio share of traces that begin here and are recorded, 0 to 1; a trace begun elsewhere
 *     keeps its own decision
 */
public record TracingConfig(String service, @Nullable String endpoint, double ratio) {
  public static TracingConfig from(Settings settings) {
    return new TracingConfig(
        settings.text("flotilla.service.name"),
        settings
            .optional("flotilla.tracing.otlp-endpoint")
            .map(address -> address.replaceAll("/+$", ""))
            .orElse(null),
        settings.fraction("flotilla.tracing.ratio"));
  }
}
