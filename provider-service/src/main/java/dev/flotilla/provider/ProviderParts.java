package dev.flotilla.provider;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.catalog.Provider;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.provider.completion.Attempts;
import dev.flotilla.provider.completion.CompletionConfig;
import dev.flotilla.provider.completion.Completions;
import dev.flotilla.provider.completion.InFlight;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.openai.Endpoint;
import dev.flotilla.provider.dialect.openai.OpenAiDialect;
import dev.flotilla.provider.dialect.simulator.SimulatorConfig;
import dev.flotilla.provider.dialect.simulator.SimulatorDialect;
import dev.flotilla.provider.resilience.BreakerConfig;
import dev.flotilla.provider.resilience.Breakers;
import dev.flotilla.provider.spool.DeadLetters;
import dev.flotilla.provider.spool.RestLedger;
import dev.flotilla.provider.spool.Shipper;
import dev.flotilla.provider.spool.ShipperConfig;
import dev.flotilla.provider.spool.Spool;
import dev.flotilla.provider.spool.SpoolConfig;
import dev.flotilla.provider.telemetry.AttemptMetrics;
import dev.flotilla.provider.telemetry.CircuitMetrics;
import dev.flotilla.provider.telemetry.SpoolMetrics;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Puts the service together. A wrong value anywhere in the configuration stops the start. */
@ApplicationScoped
class ProviderParts {
  private static final Logger LOG = Logger.getLogger(ProviderParts.class.getName());
  private static final Duration PATIENCE_WITH_CALLS = Duration.ofSeconds(20);
  private static final Duration PATIENCE_WITH_THE_LEDGER = Duration.ofSeconds(10);

  /** After Helidon's metrics (2510), which must exist first, and before its server (4100). */
  private static final int BEFORE_THE_SERVER_STARTS = 3_000;

  /** Helidon stops its server at 0; after that the connections of calls in flight are gone. */
  private static final int BEFORE_THE_SERVER_STOPS = -1;

  @Produces
  @Singleton
  Catalog catalog(Settings settings) {
    try {
      return Catalog.read(
          settings.path("flotilla.config.dir").resolve("catalog"),
          settings.names("flotilla.providers.enabled"));
    } catch (CatalogException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  @Produces
  @Singleton
  Transport transport(Settings settings) {
    return new Transport(
        TransportConfig.from(settings), settings.names("flotilla.transport.private-hosts"));
  }

  @Produces
  @Singleton
  Spool spool(Settings settings) {
    return Spool.open(SpoolConfig.from(settings));
  }

  @Produces
  @Singleton
  Shipper shipper(Settings settings, Spool spool, RestLedger ledger, MetricRegistry registry) {
    var deadLetters = new DeadLetters(settings.path("flotilla.spool.dir"));
    SpoolMetrics.register(registry, spool, deadLetters);
    return new Shipper(spool, ledger, deadLetters, ShipperConfig.from(settings));
  }

  @Produces
  @Singleton
  InFlight inFlight() {
    return new InFlight();
  }

  @Produces
  @Singleton
  CompletionConfig completionConfig(Settings settings) {
    return CompletionConfig.from(settings);
  }

  @Produces
  @Singleton
  Breakers breakers(Settings settings) {
    return new Breakers(BreakerConfig.from(settings), System::nanoTime);
  }

  @Produces
  @Singleton
  Completions completions(
      Settings settings,
      CompletionConfig config,
      Catalog catalog,
      Transport transport,
      Breakers breakers,
      Spool spool,
      Tracing tracing,
      MetricRegistry registry) {
    var clock = InstantSource.system();
    var attempts =
        new Attempts(
            catalog.version(), spool, new AttemptMetrics(registry, catalog), tracing, clock);
    return new Completions(
        catalog,
        dialects(settings, catalog, transport, clock),
        breakers,
        new CircuitMetrics(registry, catalog, breakers),
        attempts,
        config);
  }

  private static Map<String, Dialect> dialects(
      Settings settings, Catalog catalog, Transport transport, InstantSource clock) {
    var openAi = new TreeMap<String, Endpoint>();
    for (Provider provider : catalog.providers()) {
      switch (provider.dialect()) {
        case "openai" -> openAi.put(provider.id(), Endpoint.of(provider, System::getenv));
        case Provider.SIMULATOR -> {}
        default ->
            throw new ConfigurationException(
                "provider '"
                    + provider.id()
                    + "' has dialect '"
                    + provider.dialect()
                    + "'; this version speaks openai and simulator");
      }
    }
    return Map.of(
        "openai",
        new OpenAiDialect(transport, TransportConfig.from(settings), openAi),
        Provider.SIMULATOR,
        new SimulatorDialect(SimulatorConfig.from(settings), clock));
  }

  /** Builds everything before the port opens, so that what is wrong stops the start. */
  void start(
      @Observes @Priority(BEFORE_THE_SERVER_STARTS) @Initialized(ApplicationScoped.class)
          Object event,
      Completions completions,
      Catalog catalog,
      Shipper shipper) {
    shipper.start();
    LOG.log(
        Level.INFO,
        "Serving {0} models of {1} providers, catalogue {2}",
        new Object[] {catalog.models().size(), catalog.providers().size(), catalog.version()});
  }

  /**
   * Lets the calls in flight end, gives the ledger what it lacks and closes the spool. What the
   * ledger does not take in time stays on disk for the next start.
   */
  void stop(
      @Observes @Priority(BEFORE_THE_SERVER_STOPS) @BeforeDestroyed(ApplicationScoped.class)
          Object event,
      InFlight inFlight,
      Shipper shipper,
      Spool spool) {
    int unfinished = inFlight.close(PATIENCE_WITH_CALLS);
    boolean shipped = shipper.finish(PATIENCE_WITH_THE_LEDGER);
    spool.close();
    LOG.log(
        unfinished == 0 && shipped ? Level.INFO : Level.WARNING,
        "Left with {0} calls unfinished; the ledger has {1}",
        new Object[] {unfinished, shipped ? "everything" : "not everything: the rest is on disk"});
  }

  void close(@Disposes Transport transport) {
    transport.close();
  }
}
