package dev.flotilla.provider.telemetry;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Deployment;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.provider.resilience.ParkedKeys;
import java.util.List;
import java.util.TreeSet;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/** Shows which keys their providers refuse, by the names of the variables that hold them. */
public final class KeyMetrics {
  private KeyMetrics() {}

  public static void register(MetricRegistry registry, Catalog catalog, ParkedKeys keys) {
    var parked =
        Metadata.builder()
            .withName(MetricNames.KEYS_PARKED)
            .withDescription("Whether a key is left out because its provider refused it: 0 or 1")
            .build();
    catalog
        .providers()
        .forEach(
            provider -> {
              var names = new TreeSet<>(provider.keyEnvs());
              catalog.models().stream()
                  .filter(model -> model.provider().equals(provider))
                  .map(Model::deployments)
                  .forEach(places -> places.stream().map(KeyMetrics::keys).forEach(names::addAll));
              for (String key : names) {
                registry.gauge(
                    parked,
                    key,
                    name -> keys.isParked(provider.id(), name) ? 1 : 0,
                    new Tag("provider", provider.id()),
                    new Tag("key", key));
              }
            });
  }

  private static List<String> keys(Deployment place) {
    return place.provider().keyEnvs();
  }
}
