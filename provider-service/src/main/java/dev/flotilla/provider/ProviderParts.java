package dev.flotilla.provider;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Provider;
import dev.flotilla.catalog.Rates;
import dev.flotilla.kit.heap.HeapConfig;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.InFlight;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.provider.audit.SelfAudit;
import dev.flotilla.provider.bucket.BucketConfig;
import dev.flotilla.provider.bucket.Buckets;
import dev.flotilla.provider.completion.Attempts;
import dev.flotilla.provider.completion.CompletionConfig;
import dev.flotilla.provider.completion.Completions;
import dev.flotilla.provider.completion.KeyedCalls;
import dev.flotilla.provider.completion.Threshold;
import dev.flotilla.provider.credential.ProviderKeys;
import dev.flotilla.provider.dialect.Access;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.anthropic.AnthropicDialect;
import dev.flotilla.provider.dialect.gemini.GeminiDialect;
import dev.flotilla.provider.dialect.openai.Endpoint;
import dev.flotilla.provider.dialect.openai.OpenAiDialect;
import dev.flotilla.provider.dialect.simulator.SimulatorConfig;
import dev.flotilla.provider.dialect.simulator.SimulatorDialect;
import dev.flotilla.provider.lease.BudgetGate;
import dev.flotilla.provider.lease.LeaseConfig;
import dev.flotilla.provider.lease.LeaseMetrics;
import dev.flotilla.provider.lease.RestTreasury;
import dev.flotilla.provider.replay.ReplayConfig;
import dev.flotilla.provider.replay.Replays;
import dev.flotilla.provider.resilience.BreakerConfig;
import dev.flotilla.provider.resilience.KeyConfig;
import dev.flotilla.provider.resilience.Lanes;
import dev.flotilla.provider.resilience.ParkedKeys;
import dev.flotilla.provider.resilience.Retries;
import dev.flotilla.provider.resilience.RetryConfig;
import dev.flotilla.provider.spool.DeadLetters;
import dev.flotilla.provider.spool.RestLedger;
import dev.flotilla.provider.spool.Shipper;
import dev.flotilla.provider.spool.ShipperConfig;
import dev.flotilla.provider.spool.Spool;
import dev.flotilla.provider.spool.SpoolConfig;
import dev.flotilla.provider.telemetry.AttemptMetrics;
import dev.flotilla.provider.telemetry.CircuitMetrics;
import dev.flotilla.provider.telemetry.KeyMetrics;
import dev.flotilla.provider.telemetry.RetryMetrics;
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
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** Puts the service together. A wrong value anywhere in the configuration stops the start. */
@ApplicationScoped
class ProviderParts {
  private static final Logger LOG = Logger.getLogger(ProviderParts.class.getName());

  /** Longer than a stream may take to notice that there is no time left for it. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(4);

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
  Shipper shipper(
      Settings settings, Spool spool, RestLedger ledger, SelfAudit audit, MetricRegistry registry) {
    var deadLetters = new DeadLetters(settings.path("flotilla.spool.dir"));
    SpoolMetrics.register(registry, spool, deadLetters);
    return new Shipper(spool, ledger, deadLetters, audit, ShipperConfig.from(settings));
  }

  @Produces
  @Singleton
  SelfAudit audit(Settings settings, RestLedger ledger, MetricRegistry registry) {
    return new SelfAudit(
        ledger,
        settings.duration("flotilla.audit.every"),
        Math.toIntExact(settings.number("flotilla.audit.most-attempts", 1, 10_000_000)),
        registry);
  }

  @Produces
  @Singleton
  InFlight inFlight(Settings settings) {
    return new InFlight(
        Math.toIntExact(settings.number("flotilla.completion.most-in-flight", 1, 1_000_000)));
  }

  @Produces
  @Singleton
  HeapRoom heap(Settings settings) {
    return new HeapRoom(HeapConfig.from(settings));
  }

  @Produces
  @Singleton
  Threshold threshold(InFlight inFlight, HeapRoom heap, MetricRegistry registry) {
    return new Threshold(inFlight, heap, registry);
  }

  @Produces
  @Singleton
  CompletionConfig completionConfig(Settings settings) {
    return CompletionConfig.from(settings);
  }

  @Produces
  @Singleton
  ParkedKeys parkedKeys(Settings settings) {
    return new ParkedKeys(KeyConfig.from(settings), System::nanoTime);
  }

  @Produces
  @Singleton
  ProviderKeys providerKeys(Settings settings, ParkedKeys parked) {
    return new ProviderKeys(
        System::getenv,
        settings.duration("flotilla.keys.between-looks"),
        System::nanoTime,
        parked::replaced);
  }

  @Produces
  @Singleton
  Buckets buckets(Settings settings, Catalog catalog) {
    boolean shared =
        catalog.models().stream()
            .flatMap(model -> model.deployments().stream())
            .anyMatch(place -> !place.rates().equals(Rates.UNKNOWN));
    return new Buckets(
        BucketConfig.from(settings),
        settings
            .optional("flotilla.redis.url")
            .filter(url -> shared)
            .map(url -> redis(settings, url, "flotilla.redis.time-box"))
            .orElse(null),
        System::nanoTime,
        InstantSource.system());
  }

  private static TimeBoxedRedis redis(Settings settings, String url, String timeBox) {
    return new TimeBoxedRedis(
        URI.create(url),
        settings.duration(timeBox),
        settings.duration("flotilla.redis.probe-every"));
  }

  @Produces
  @Singleton
  Lanes lanes(Settings settings, ParkedKeys keys, ProviderKeys providerKeys, Buckets buckets) {
    return new Lanes(
        BreakerConfig.from(settings),
        keys,
        buckets,
        providerKeys::has,
        Math::random,
        System::nanoTime);
  }

  /** The spool first: its folder is where the holder of leases has its name. */
  @Produces
  @Singleton
  BudgetGate budgets(
      Settings settings, Spool spool, RestTreasury treasury, MetricRegistry registry) {
    return new BudgetGate(
        treasury,
        settings.path("flotilla.spool.dir"),
        LeaseConfig.from(settings),
        new LeaseMetrics(registry),
        spool::shippedWhatItFound);
  }

  @Produces
  @Singleton
  Completions completions(
      Settings settings,
      CompletionConfig config,
      Catalog catalog,
      Transport transport,
      Lanes lanes,
      ParkedKeys keys,
      ProviderKeys providerKeys,
      Spool spool,
      BudgetGate budgets,
      Tracing tracing,
      MetricRegistry registry) {
    var clock = InstantSource.system();
    KeyMetrics.register(registry, catalog, keys);
    var attempts =
        new Attempts(catalog, spool, new AttemptMetrics(registry, catalog), tracing, clock);
    return new Completions(
        catalog,
        dialects(settings, providerKeys, catalog, lanes, transport, clock),
        lanes,
        new CircuitMetrics(registry, catalog, lanes),
        budgets,
        attempts,
        new Retries(RetryConfig.from(settings), Math::random, System::nanoTime),
        new RetryMetrics(registry, catalog),
        Thread::sleep,
        config);
  }

  @Produces
  @Singleton
  Replays replays(Settings settings) {
    return new Replays(
        ReplayConfig.from(settings),
        settings
            .optional("flotilla.redis.url")
            .map(url -> redis(settings, url, "flotilla.replay.time-box"))
            .orElse(null));
  }

  @Produces
  @Singleton
  KeyedCalls keyedCalls(Completions completions, Replays replays, MetricRegistry registry) {
    return new KeyedCalls(completions, replays, Thread::sleep, registry);
  }

  void close(@Disposes Replays replays) {
    replays.close();
  }

  /** One for each address and key of each provider. */
  private static Map<Provider, Dialect> dialects(
      Settings settings,
      ProviderKeys keys,
      Catalog catalog,
      Lanes lanes,
      Transport transport,
      InstantSource clock) {
    var dialects = new HashMap<Provider, Dialect>();
    for (Model model : catalog.models()) {
      for (Model way : lanes.waysTo(model)) {
        Provider provider = way.provider();
        Dialect dialect =
            dialects(settings, keys, List.of(provider), transport, clock).get(provider.dialect());
        dialects.putIfAbsent(provider, Objects.requireNonNull(dialect));
      }
    }
    return dialects;
  }

  private static Map<String, Dialect> dialects(
      Settings settings,
      ProviderKeys keys,
      Collection<Provider> providers,
      Transport transport,
      InstantSource clock) {
    var config = TransportConfig.from(settings);
    // A line for each dialect; who speaks it is the catalogue's business.
    var spoken =
        Map.<String, Function<Map<String, Provider>, Dialect>>of(
            "openai",
            served -> new OpenAiDialect(transport, config, each(served, p -> Endpoint.of(p, keys))),
            "anthropic",
            served ->
                new AnthropicDialect(
                    transport, config, each(served, p -> Access.of(p, keys)), clock),
            "gemini",
            served ->
                new GeminiDialect(transport, config, each(served, p -> Access.of(p, keys)), clock),
            Provider.SIMULATOR,
            served -> new SimulatorDialect(SimulatorConfig.from(settings), clock));
    var speakers = new TreeMap<String, Map<String, Provider>>();
    for (Provider provider : providers) {
      if (!spoken.containsKey(provider.dialect())) {
        throw new ConfigurationException(
            "provider '"
                + provider.id()
                + "' has dialect '"
                + provider.dialect()
                + "'; this version speaks "
                + String.join(", ", new TreeSet<>(spoken.keySet())));
      }
      speakers
          .computeIfAbsent(provider.dialect(), none -> new TreeMap<>())
          .put(provider.id(), provider);
    }
    var dialects = new TreeMap<String, Dialect>();
    spoken.forEach(
        (name, dialect) -> {
          if (speakers.containsKey(name)) {
            dialects.put(name, dialect.apply(speakers.get(name)));
          }
        });
    return dialects;
  }

  private static <T> Map<String, T> each(Map<String, Provider> providers, Function<Provider, T> f) {
    var byId = new TreeMap<String, T>();
    providers.forEach((id, provider) -> byId.put(id, f.apply(provider)));
    return byId;
  }

  /** Builds everything before the port opens, so that what is wrong stops the start. */
  void start(
      @Observes @Priority(BEFORE_THE_SERVER_STARTS) @Initialized(ApplicationScoped.class)
          Object event,
      KeyedCalls calls,
      Catalog catalog,
      BudgetGate budgets,
      Shipper shipper,
      SelfAudit audit) {
    shipper.start();
    budgets.start();
    audit.start();
    LOG.log(
        Level.INFO,
        "Serving {0} models of {1} providers, catalogue {2}",
        new Object[] {catalog.models().size(), catalog.providers().size(), catalog.version()});
  }

  /**
   * The grace is over when this is called: ends the calls that are still there and says so to their
   * callers, gives the ledger what it lacks and closes the spool. What the ledger does not take in
   * time stays on disk for the next start.
   */
  void stop(
      @Observes @Priority(BEFORE_THE_SERVER_STOPS) @BeforeDestroyed(ApplicationScoped.class)
          Object event,
      InFlight inFlight,
      Transport transport,
      Shipper shipper,
      BudgetGate budgets,
      SelfAudit audit,
      Spool spool) {
    audit.finish();
    int unfinished = inFlight.close(LAST_WORDS);
    if (unfinished > 0) {
      // Whoever waits for a provider writes down that nobody knows the end, and says so.
      transport.close();
      unfinished = inFlight.close(LAST_WORDS);
    }
    boolean shipped = shipper.finish(PATIENCE_WITH_THE_LEDGER);
    budgets.close();
    spool.close();
    LOG.log(
        unfinished == 0 && shipped ? Level.INFO : Level.WARNING,
        "Left with {0} calls unfinished; the ledger has {1}",
        new Object[] {unfinished, shipped ? "everything" : "not everything: the rest is on disk"});
  }

  void close(@Disposes Buckets buckets) {
    buckets.close();
  }

  void close(@Disposes Transport transport) {
    transport.close();
  }
}
