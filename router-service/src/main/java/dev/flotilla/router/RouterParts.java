package dev.flotilla.router;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.kit.heap.HeapConfig;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.http.InFlight;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.provider.ProviderAddresses;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Reloads;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.kit.webhook.WebhookConfig;
import dev.flotilla.kit.webhook.WebhookTargets;
import dev.flotilla.router.admission.Admission;
import dev.flotilla.router.admission.AdmissionConfig;
import dev.flotilla.router.batch.BatchConfig;
import dev.flotilla.router.batch.Batches;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.cache.AnswerCacheConfig;
import dev.flotilla.router.cache.CachedAnswer;
import dev.flotilla.router.chat.Chat;
import dev.flotilla.router.chat.ChatConfig;
import dev.flotilla.router.chat.ChatRoute;
import dev.flotilla.router.chat.ClassifyRoute;
import dev.flotilla.router.chat.Desk;
import dev.flotilla.router.chat.Explanations;
import dev.flotilla.router.chat.ModelsRoute;
import dev.flotilla.router.console.ConsoleParts;
import dev.flotilla.router.costs.CostDoors;
import dev.flotilla.router.decisions.DecisionClient;
import dev.flotilla.router.decisions.DecisionLog;
import dev.flotilla.router.decisions.DecisionLogConfig;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorDialect;
import dev.flotilla.router.door.Doors;
import dev.flotilla.router.door.Guesses;
import dev.flotilla.router.door.KeyFile;
import dev.flotilla.router.door.KeyRoute;
import dev.flotilla.router.door.ManagementDoors;
import dev.flotilla.router.door.PatientConnections;
import dev.flotilla.router.door.Porter;
import dev.flotilla.router.door.Recognition;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.WebTokens;
import dev.flotilla.router.embeddings.EmbeddingsRoute;
import dev.flotilla.router.flight.FlightConfig;
import dev.flotilla.router.flight.Flights;
import dev.flotilla.router.idempotency.Idempotency;
import dev.flotilla.router.idempotency.IdempotencyConfig;
import dev.flotilla.router.jwt.JwtConfig;
import dev.flotilla.router.jwt.KeySource;
import dev.flotilla.router.jwt.SignedTokens;
import dev.flotilla.router.keys.KeyWatch;
import dev.flotilla.router.lanes.Lanes;
import dev.flotilla.router.lanes.LanesConfig;
import dev.flotilla.router.messages.MessagesRoute;
import dev.flotilla.router.operations.Drains;
import dev.flotilla.router.operations.EffectiveConfig;
import dev.flotilla.router.operations.Operations;
import dev.flotilla.router.pipeline.FolderShelf;
import dev.flotilla.router.pipeline.PipelineConfig;
import dev.flotilla.router.pipeline.Pipelines;
import dev.flotilla.router.pipeline.interpreter.Actions;
import dev.flotilla.router.pipeline.journal.RunMetrics;
import dev.flotilla.router.pipeline.runner.RunnerConfig;
import dev.flotilla.router.responses.ResponsesRoute;
import dev.flotilla.router.reviews.ReviewDoors;
import dev.flotilla.router.routing.LiveRouting;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.Routing;
import dev.flotilla.router.routing.RoutingFile;
import dev.flotilla.router.shadow.ShadowParts;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.trail.Trail;
import dev.flotilla.router.upstream.Circuits;
import dev.flotilla.router.upstream.Connections;
import dev.flotilla.router.upstream.ModelCaller;
import dev.flotilla.router.upstream.ProviderRecord;
import dev.flotilla.router.upstream.ProviderReplicas;
import dev.flotilla.router.upstream.PublicKeys;
import dev.flotilla.router.upstream.Relays;
import dev.flotilla.router.upstream.RequestStories;
import dev.flotilla.router.upstream.ReviewService;
import dev.flotilla.router.validation.Validation;
import dev.flotilla.router.webhook.Announcements;
import dev.flotilla.router.webhook.WebhookRoute;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * The router put together, once, at start: whatever is wrong with its configuration is found here.
 */
@ApplicationScoped
class RouterParts {
  private static final System.Logger LOG = System.getLogger(RouterParts.class.getName());

  /** Helidon stops its server at 0; after that the connections of requests inside are gone. */
  private static final int BEFORE_THE_SERVER_STOPS = -1;

  /** After Helidon's metrics (2510) and before its server (4100). */
  private static final int BEFORE_THE_SERVER_STARTS = 3_000;

  /** Until those inside when the grace ends have gone by themselves, or heard that we go. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

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
  TimeBoxedRedis redis(Settings settings) {
    return new TimeBoxedRedis(
        URI.create(settings.text("flotilla.redis.url")),
        settings.duration("flotilla.redis.time-box"),
        settings.duration("flotilla.redis.probe-every"));
  }

  void close(@Disposes TimeBoxedRedis redis) {
    redis.close();
  }

  @Produces
  @Singleton
  HttpClient http() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Duration.ofSeconds(2))
        .build();
  }

  @Produces
  @Singleton
  HttpCaller caller() {
    return new HttpCaller(Duration.ofSeconds(2));
  }

  void close(@Disposes HttpCaller caller) {
    caller.close();
  }

  @Produces
  @Singleton
  Flights<CachedAnswer> flights(Settings settings, TimeBoxedRedis redis) {
    return new Flights<>(FlightConfig.from(settings), redis);
  }

  void close(@Disposes Flights<CachedAnswer> flights) {
    flights.close();
  }

  @Produces
  @Singleton
  DecisionLog decisions(Settings settings, ServiceToken token, MetricRegistry metrics) {
    var costService = DecisionClient.at(settings.address("flotilla.cost.url"), token);
    return new DecisionLog(costService, DecisionLogConfig.from(settings), metrics);
  }

  @Produces
  @Singleton
  InFlight inside(Settings settings) {
    return new InFlight(
        Math.toIntExact(settings.number("flotilla.door.most-inside", 1, 1_000_000)));
  }

  /** The server asks for its protocols when it starts. */
  void start(
      @Observes @Priority(BEFORE_THE_SERVER_STARTS) @Initialized(ApplicationScoped.class)
          Object event) {
    PatientConnections.instead();
  }

  /**
   * The grace is over when this is called: lets nobody in any more, and who is still inside hears
   * that the answer breaks off, in the words of the door, instead of nothing.
   */
  void stop(
      @Observes @Priority(BEFORE_THE_SERVER_STOPS) @BeforeDestroyed(ApplicationScoped.class)
          Object event,
      InFlight inside,
      HttpCaller caller) {
    if (inside.close(LAST_WORDS) > 0) {
      // Whoever waits for provider-service finds the connection broken, and says so to the visitor.
      caller.close();
      int unfinished = inside.close(LAST_WORDS);
      LOG.log(System.Logger.Level.WARNING, "Left with {0} requests unfinished", unfinished);
    }
  }

  /** Observed after the server's own stop: whatever was answered has been explained by then. */
  void stop(
      @Observes @BeforeDestroyed(ApplicationScoped.class) Object event, DecisionLog decisions) {
    decisions.close();
  }

  @Produces
  @Singleton
  Validation validation() {
    return new Validation();
  }

  @Produces
  @Singleton
  LiveRouting liveRouting(
      Settings settings, Catalog catalog, Validation validation, MetricRegistry metrics) {
    Path file = settings.path("flotilla.config.dir").resolve("routing.yaml");
    return LiveRouting.open(
        file,
        () -> RoutingFile.read(file, catalog, validation),
        settings.duration("flotilla.routing.reload"),
        metrics);
  }

  void close(@Disposes LiveRouting routing) {
    routing.close();
  }

  /** As it was at the start, for what cannot change while it runs. */
  @Produces
  @Singleton
  Routing routing(LiveRouting live) {
    return live.get();
  }

  @Produces
  @Singleton
  RoutePolicy policy(
      Catalog catalog,
      LiveRouting routing,
      Validation validation,
      ShadowParts learning,
      Drains drains) {
    return new RoutePolicy(catalog, routing, validation)
        .with(learning.promotions())
        .without(drains);
  }

  @Produces
  @Singleton
  Drains drains(Settings settings, Store store) {
    return Drains.open(store, settings.duration("flotilla.operations.between-looks"));
  }

  void close(@Disposes Drains drains) {
    drains.close();
  }

  @Produces
  @Singleton
  AnswerCache cache(Settings settings, TimeBoxedRedis redis, LiveRouting live) {
    return new AnswerCache(
        AnswerCacheConfig.from(settings), redis, Clock.systemUTC(), () -> live.get().version());
  }

  @Produces
  @Singleton
  Operations operations(
      Settings settings,
      Catalog catalog,
      HttpClient http,
      ServiceToken token,
      Drains drains,
      AnswerCache cache,
      ProviderAddresses providers) {
    return new Operations(
        catalog,
        new ProviderReplicas(
            http,
            settings
                .optional("flotilla.provider.replicas")
                .map(ProviderReplicas::hosts)
                .orElseGet(() -> List.copyOf(providers.each())),
            token),
        new ProviderRecord(http, settings.address("flotilla.cost.url"), token),
        drains,
        cache,
        settings.fraction("flotilla.operations.fallback-threshold"),
        Clock.systemUTC());
  }

  @Produces
  @Singleton
  Porter porter(Settings settings, InFlight inside, MetricRegistry metrics) {
    return new Porter(
        inside,
        new HeapRoom(HeapConfig.from(settings)),
        settings.duration("flotilla.door.body-patience"),
        metrics);
  }

  /** On the management port. */
  @Produces
  @Singleton
  ManagementDoors managementDoors(
      Operations operations,
      Store store,
      Recognition recognition,
      Trail trail,
      Porter porter,
      Tracing tracing,
      MetricRegistry metrics) {
    String purges = "Forgets all answers that are kept.";
    String drains = "Takes a provider out of the choice of all routers, until that is ended.";
    String restores = "Gives a drained provider back to the choice.";
    String drain = "/admin/providers/{id}/drain";
    return new ManagementDoors(
        new Doors(
            List.of(
                new Door(
                    "POST",
                    "/admin/cache/purge",
                    Role.OPERATORS,
                    0,
                    purges,
                    trail.recording("cache.purge", operations::purge)),
                new Door(
                    "POST",
                    drain,
                    Role.OPERATORS,
                    0,
                    drains,
                    trail.recording("provider.drain", store.guarding(operations::drain))),
                new Door(
                    "DELETE",
                    drain,
                    Role.OPERATORS,
                    0,
                    restores,
                    trail.recording("provider.restore", store.guarding(operations::restore)))),
            recognition,
            porter,
            tracing,
            metrics));
  }

  @Produces
  @Singleton
  ShadowParts learning(Settings settings, Store store, Catalog catalog, Routing routing) {
    return ShadowParts.open(
        store, catalog, routing, settings.duration("flotilla.learning.between-looks"));
  }

  void close(@Disposes ShadowParts learning) {
    learning.close();
  }

  @Produces
  @Singleton
  ProviderAddresses providers(Settings settings) {
    return ProviderAddresses.from(settings);
  }

  @Produces
  @Singleton
  Circuits circuits(HttpClient http, ProviderAddresses providers, ServiceToken token) {
    return new Circuits(http, providers, token);
  }

  @Produces
  @Singleton
  Chat answering(
      Settings settings,
      Catalog catalog,
      Routing routing,
      LiveRouting live,
      RoutePolicy policy,
      Circuits circuits,
      ProviderAddresses providers,
      AnswerCache cache,
      TimeBoxedRedis redis,
      Flights<CachedAnswer> flights,
      HttpCaller caller,
      ServiceToken token,
      DecisionLog decisions,
      HttpClient http,
      ShadowParts learning,
      Tracing tracing,
      MetricRegistry metrics) {
    var models = new ModelCaller(caller, providers, token);
    var reviews = new ReviewService(http, settings.address("flotilla.review.url"), token);
    return Chat.of(
        new Admission(AdmissionConfig.from(settings), redis, metrics),
        cache,
        flights,
        policy,
        new Lanes(LanesConfig.from(settings), metrics),
        models,
        circuits,
        new Explanations(catalog, routing.baseline(), decisions),
        metrics,
        tracing,
        learning.shadows(policy, models, reviews, metrics),
        reviews,
        ChatConfig.from(settings));
  }

  @Produces
  @Singleton
  Store store(Settings settings) {
    return Store.open(settings);
  }

  void close(@Disposes Store store) {
    store.close();
  }

  @Produces
  @Singleton
  ApiKeys keys(Settings settings) {
    return ApiKeys.read(settings.path("flotilla.keys.file"), Clock.systemUTC());
  }

  @Produces
  @Singleton
  KeyWatch keyWatch(Settings settings, ApiKeys keys, Store store, MetricRegistry metrics) {
    return KeyWatch.start(
        new KeyFile(settings.path("flotilla.keys.file"), keys),
        keys,
        store,
        settings.duration("flotilla.keys.between-looks"),
        metrics);
  }

  void close(@Disposes KeyWatch watch) {
    watch.close();
  }

  @Produces
  @Singleton
  Trail trail(Store store, MetricRegistry metrics) {
    return Trail.open(store, metrics);
  }

  void close(@Disposes Trail trail) {
    trail.close();
  }

  @Produces
  @Singleton
  WebTokens tokens(Settings settings, HttpClient http) {
    return JwtConfig.from(settings).map(config -> tokens(config, http)).orElse(WebTokens.NONE);
  }

  private static WebTokens tokens(JwtConfig config, HttpClient http) {
    String written = config.publicKey();
    KeySource source =
        written == null
            ? new PublicKeys(http, String.valueOf(config.location()))::read
            : () -> written.getBytes(StandardCharsets.UTF_8);
    return new SignedTokens(config, source, Clock.systemUTC(), System::nanoTime);
  }

  @Produces
  @Singleton
  Recognition recognition(
      Settings settings, ApiKeys keys, WebTokens tokens, MetricRegistry metrics) {
    int most = (int) settings.number("flotilla.door.most-failed-authentications", 1, 1_000_000);
    return new Recognition(keys, tokens, new Guesses(most, System::nanoTime), metrics);
  }

  @Produces
  @Singleton
  Announcements announcements(Settings settings, Store store, HttpCaller caller) {
    return Announcements.open(
        store,
        WebhookTargets.read(
            settings.path("flotilla.config.dir").resolve("webhooks.yaml"),
            name -> settings.optional(name).orElse(null)),
        WebhookConfig.from(settings),
        caller);
  }

  void close(@Disposes Announcements announcements) {
    announcements.close();
  }

  @Produces
  @Singleton
  Batches batches(
      Settings settings,
      Store store,
      Chat answering,
      Pipelines pipelines,
      ApiKeys keys,
      Announcements announcements,
      Tracing tracing) {
    return Batches.open(
        store,
        answering.errands(),
        pipelines.batched(),
        keys::policyOf,
        announcements,
        tracing,
        BatchConfig.from(settings));
  }

  /** Observed before the store is closed, and after nobody is let in any more. */
  void stop(
      @Observes @BeforeDestroyed(ApplicationScoped.class) Object event,
      Batches batches,
      Settings settings) {
    batches.leave(settings.duration("flotilla.batch.patience-at-the-end"));
  }

  @Produces
  @Singleton
  Pipelines pipelines(
      Settings settings,
      Catalog catalog,
      Store store,
      Chat answering,
      Routing routing,
      RoutePolicy policy,
      Announcements announcements,
      HttpClient http,
      ServiceToken token,
      Tracing tracing,
      MetricRegistry metrics) {
    var config = PipelineConfig.from(settings);
    Path folder = settings.path("flotilla.config.dir");
    var actions =
        new Actions(
            answering.errands(),
            policy,
            Connections.read(folder.resolve("connections.yaml"), http, System::getenv),
            new ReviewService(http, settings.address("flotilla.review.url"), token),
            config.usualTimeout(),
            config.betweenLooks());
    return Pipelines.open(
        store,
        FolderShelf.open(
            folder,
            catalog,
            settings.duration("flotilla.pipeline.reload"),
            Reloads.of("pipelines", metrics)),
        actions,
        answering.desk(),
        announcements,
        routing.baseline(),
        tracing,
        new RunMetrics(metrics),
        config,
        RunnerConfig.from(settings));
  }

  /** Observed before the store is closed, and after nobody is let in any more. */
  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event, Pipelines pipelines) {
    pipelines.close();
  }

  @Produces
  @Singleton
  Doors doors(
      Settings settings,
      Catalog catalog,
      LiveRouting live,
      RoutePolicy policy,
      Circuits circuits,
      Chat answering,
      Store store,
      Recognition recognition,
      KeyWatch keyWatch,
      Trail trail,
      Announcements announcements,
      Batches batches,
      Pipelines pipelines,
      ShadowParts learning,
      Operations operations,
      TimeBoxedRedis redis,
      Porter porter,
      HttpClient http,
      ServiceToken token,
      Tracing tracing,
      MetricRegistry metrics) {
    Clock clock = Clock.systemUTC();
    var effective =
        new EffectiveConfig(
            settings,
            settings.path("flotilla.config.dir"),
            () ->
                new TreeMap<>(
                    Map.of("catalog", catalog.version(), "routing", live.get().version())));
    int maxBytes = ChatConfig.from(settings).maxBodyBytes();
    int orderBytes = PipelineConfig.from(settings).maxBodyBytes();
    int batchBytes =
        Math.toIntExact(settings.number("flotilla.batch.max-body-bytes", 1_000, 1_000_000_000));
    int reviewBytes =
        Math.toIntExact(settings.number("flotilla.review.max-body-bytes", 1_000, 8_000_000));
    Desk desk = answering.desk();
    var relays = new Relays(settings, http, token);
    var idempotency = new Idempotency(IdempotencyConfig.from(settings), redis, metrics);
    var stories = new RequestStories(http, settings.address("flotilla.cost.url"), token);
    DoorDialect listed = DoorDialect.OPENAI.withKeyIn(MessagesRoute.DIALECT.keyHeader());
    // The first door that a request fits through is its door.
    List<List<Door>> doors =
        List.of(
            new ChatRoute(desk).doors(maxBytes, idempotency.once(store.guarding(pipelines.chat()))),
            new EmbeddingsRoute(desk).doors(maxBytes, idempotency),
            new ResponsesRoute(desk).doors(maxBytes, idempotency),
            new MessagesRoute(desk, catalog).doors(maxBytes, idempotency),
            new ClassifyRoute(policy).doors(maxBytes),
            learning.doors(store, stories),
            new ModelsRoute(catalog, live, circuits, clock, pipelines::asModels).doors(listed),
            operations.doors(effective),
            // Before the pipelines: what one of them pays is told by cost-service.
            CostDoors.of(relays, trail),
            ReviewDoors.of(relays, reviewBytes, idempotency, trail),
            batches.route().doors(store, idempotency, batchBytes),
            new WebhookRoute(announcements).doors(store),
            pipelines.doors(store, idempotency, orderBytes),
            keyWatch.route().doors(store, trail),
            trail.route().doors(store),
            new KeyRoute().doors());
    return new Doors(
        doors.stream().flatMap(List::stream).toList(),
        ConsoleParts.doors(settings, http, token, recognition, trail),
        recognition,
        porter,
        tracing,
        metrics);
  }
}
