package dev.flotilla.router;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.kit.heap.HeapConfig;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.ApiError;
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
import dev.flotilla.router.batch.BatchRoute;
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
import dev.flotilla.router.decisions.DecisionClient;
import dev.flotilla.router.decisions.DecisionLog;
import dev.flotilla.router.decisions.DecisionLogConfig;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorDialect;
import dev.flotilla.router.door.DoorHandler;
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
import dev.flotilla.router.keys.KeysRoute;
import dev.flotilla.router.lanes.Lanes;
import dev.flotilla.router.lanes.LanesConfig;
import dev.flotilla.router.messages.MessagesRoute;
import dev.flotilla.router.operations.Drains;
import dev.flotilla.router.operations.EffectiveConfig;
import dev.flotilla.router.operations.Operations;
import dev.flotilla.router.pipeline.FolderShelf;
import dev.flotilla.router.pipeline.PipelineConfig;
import dev.flotilla.router.pipeline.Pipelines;
import dev.flotilla.router.pipeline.PipelinesRoute;
import dev.flotilla.router.pipeline.interpreter.Actions;
import dev.flotilla.router.pipeline.journal.RunMetrics;
import dev.flotilla.router.pipeline.runner.RunnerConfig;
import dev.flotilla.router.responses.ResponsesRoute;
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
import dev.flotilla.router.upstream.Relay;
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
import java.util.Set;
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

  private static final int BUDGET_BYTES = 10_000;

  /** Ten thousand lines of a hundred bytes, twice. */
  private static final int BILL_BYTES = 2_000_000;

  /** A word and a comment. */
  private static final int DECISION_BYTES = 50_000;

  private static final int KEY_BYTES = 50_000;

  private static final Set<Role> ASKERS = Set.of(Role.CALLER);
  private static final Set<Role> ADMINS = Set.of(Role.ADMIN);
  private static final Set<Role> OPERATORS = Set.of(Role.OPERATOR, Role.ADMIN);
  private static final Set<Role> REVIEWERS = Set.of(Role.REVIEWER);
  private static final Set<Role> SHOWN_REVIEWS = Set.of(Role.values());
  private static final Set<Role> PEOPLE = Set.of(Role.CALLER, Role.REVIEWER, Role.ADMIN);
  private static final Set<Role> READERS = Set.of(Role.CALLER, Role.VIEWER, Role.ADMIN);

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
                    OPERATORS,
                    0,
                    purges,
                    trail.recording("cache.purge", operations::purge)),
                new Door(
                    "POST",
                    drain,
                    OPERATORS,
                    0,
                    drains,
                    trail.recording("provider.drain", store.guarding(operations::drain))),
                new Door(
                    "DELETE",
                    drain,
                    OPERATORS,
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
    var config = ChatConfig.from(settings);
    int orderBytes = PipelineConfig.from(settings).maxBodyBytes();
    Desk desk = answering.desk();
    BatchRoute batch = batches.route();
    var webhooks = new WebhookRoute(announcements);
    int batchBytes =
        Math.toIntExact(settings.number("flotilla.batch.max-body-bytes", 1_000, 1_000_000_000));
    PipelinesRoute runs = pipelines.route();
    var idempotency = new Idempotency(IdempotencyConfig.from(settings), redis, metrics);
    var chat = new ChatRoute(desk);
    var messages = new MessagesRoute(desk, catalog);
    var embeddings = new EmbeddingsRoute(desk);
    var responses = new ResponsesRoute(desk);
    var classification = new ClassifyRoute(policy);
    var listing = new ModelsRoute(catalog, live, circuits, clock, pipelines::asModels);
    DoorHandler chatOrPipeline = store.guarding(pipelines.chat());
    DoorDialect listed = DoorDialect.OPENAI.withKeyIn(MessagesRoute.DIALECT.keyHeader());
    Relay costs = costs(settings, http, token, "flotilla.cost.patience");
    Relay files = costs(settings, http, token, "flotilla.cost.export-patience");
    Relay reviews = reviews(settings, http, token);
    Relay people = people(settings, http, token);
    int reviewBytes =
        Math.toIntExact(settings.number("flotilla.review.max-body-bytes", 1_000, 8_000_000));
    String asks = "Answers a chat request; the router chooses the model when it is 'auto'.";
    String previews = "Says what would be done with the same chat request, and spends nothing.";
    String converses =
        "Answers a request in the words of Anthropic's Messages API, by any model of this fleet.";
    String embeds = "Turns texts into vectors; an answer is always one model's vector space.";
    String responds =
        "Answers a request in the words of OpenAI's Responses API, by any model of this fleet; nothing is stored.";
    String counts =
        "Estimates the tokens of the same request without asking a model; x-estimated says so.";
    String limits = "Says what may be spent, what was, and when that begins anew.";
    String setsLimits = "Sets what a team, key, project or pipeline may spend in a period.";
    String endsLimits = "Removes a budget.";
    String countsAgain = "Counts a budget again from the ledger: …/rebuild.";
    String classifies = "Says what kind of task a chat request is, and spends nothing.";
    String describes = "Tells about one of them.";
    String lists = "Lists what can be written into 'model'.";
    String reports = "Reports what was spent; passed on to cost-service.";
    String exports = "Gives the ledger as a file of any length; passed on to cost-service.";
    String quotes = "Lists what models cost, by day, service and length of the prompt.";
    String collects =
        "Reports costs or usage in OpenAI's shape, for what collects them there; passed on to cost-service.";
    String compares =
        "Compares a provider's own bill with the ledger, per day and model, and corrects it when asked to.";
    String explains = "Tells what happened to one request; passed on to cost-service.";
    String judges = "Has an artifact judged by models that did not write it; review-service does.";
    String pays =
        "Says what a pipeline costs beside the same work by hand; passed on to cost-service.";
    String watchesOver =
        "Says how each provider is, over all replicas: circuits, fallback rates, latency, limits left, last error.";
    String goesBy = "Shows what this router is configured with, without its secrets.";
    String hands = "Takes in many requests at once; each is answered when there is room for it.";
    String follows = "Lists batches of the caller's team, newest first.";
    String watches =
        "Shows a batch, and below it its results as JSON lines and its events as they happen.";
    String cancels = "Cancels a batch: …/cancel. What was begun is finished.";
    String names = "Lists whom a request may name to be told of its end.";
    String delivers = "Lists what was sent to webhooks for the caller's team, and how that went.";
    String checks = "Says what is wrong with a pipeline written in YAML; nothing is kept.";
    String offers = "Lists the pipelines of this installation.";
    String defines =
        "Shows a pipeline, its runs (…/runs) or one of them (…/runs/{id}, and below it events and log).";
    String begins =
        "Runs a pipeline (…/runs), or cancels a run or tries it again (…/runs/{id}/cancel, …/retry).";
    String remembers = "Lists runs of the caller's team, newest first.";
    String tells = "Shows a run, and below it its events as they happen and its log.";
    String changes = "Cancels a run, or tries it again, from a step when one is named.";
    String judged =
        "How reviews can be decided, and how often reviewers were right; passed on to review-service.";
    String shows = "Shows reviews of the caller's team; passed on to review-service.";
    String waits = "Shows what people of the caller's team are asked, and what they decided.";
    String teaches =
        "Tells how good an answer was, so that it is learned which models are good enough.";
    String audits =
        "Lists what audited answers showed of themselves, to calibrate confidence from.";
    String learns = "Reports what was learned per task type, and what it saved.";
    String owns = "Says whose the key is that is shown, and what it may do.";
    String settles =
        "Claims what machines could not decide (…/claim), or decides it (…/decision); the first decision holds.";
    KeysRoute keys = keyWatch.route();
    String issues = "Issues a key; the answer is the only place where it is ever shown.";
    String listsKeys = "Lists keys, issued ones and those of the key file, without what opens.";
    String showsKey = "Shows a key without what opens.";
    String replaces =
        "Issues another key of the same id (…/rotate); the old one opens a while longer.";
    String revokes = "Revokes a key: within seconds it opens nothing at any router.";
    String recalls = "Lists what administrators and reviewers did, newest first.";
    return new Doors(
        List.of(
            new Door(
                "POST",
                "/v1/chat/completions",
                ASKERS,
                config.maxBodyBytes(),
                asks,
                idempotency.once(chatOrPipeline)),
            new Door(
                "POST",
                "/chat/completions",
                ASKERS,
                config.maxBodyBytes(),
                asks,
                idempotency.once(chatOrPipeline)),
            new Door(
                "POST",
                "/v1/embeddings",
                ASKERS,
                config.maxBodyBytes(),
                embeds,
                idempotency.once(embeddings)),
            new Door(
                "POST",
                "/embeddings",
                ASKERS,
                config.maxBodyBytes(),
                embeds,
                idempotency.once(embeddings)),
            new Door(
                "POST",
                "/v1/responses",
                ASKERS,
                config.maxBodyBytes(),
                responds,
                idempotency.once(responses)),
            new Door(
                "POST",
                "/responses",
                ASKERS,
                config.maxBodyBytes(),
                responds,
                idempotency.once(responses)),
            new Door("POST", "/v1/route", ASKERS, config.maxBodyBytes(), previews, chat::preview),
            new Door(
                "POST",
                "/v1/messages",
                ASKERS,
                config.maxBodyBytes(),
                converses,
                MessagesRoute.DIALECT,
                idempotency.once(messages)),
            new Door(
                "POST",
                "/v1/messages/count_tokens",
                ASKERS,
                config.maxBodyBytes(),
                counts,
                MessagesRoute.DIALECT,
                messages::countTokens),
            new Door(
                "POST", "/v1/classify", ASKERS, config.maxBodyBytes(), classifies, classification),
            new Door(
                "POST",
                "/v1/feedback",
                ASKERS,
                DECISION_BYTES,
                teaches,
                store.guarding(
                    learning.feedbackRoute(
                        new RequestStories(http, settings.address("flotilla.cost.url"), token)))),
            new Door(
                "GET",
                "/v1/learning",
                READERS,
                0,
                learns,
                store.guarding(learning.learningRoute())),
            new Door(
                "GET",
                "/v1/learning/audits",
                READERS,
                0,
                audits,
                store.guarding(learning.auditsRoute())),
            new Door("GET", "/v1/models", READERS, 0, lists, listed, listing),
            new Door("GET", "/v1/models/*", READERS, 0, describes, listed, listing::one),
            new Door("GET", "/models", READERS, 0, lists, listed, listing),
            new Door("GET", "/v1/providers", OPERATORS, 0, watchesOver, operations::providers),
            new Door("GET", "/v1/config", OPERATORS, 0, goesBy, effective::get),
            new Door("GET", "/v1/costs", READERS, 0, reports, costs),
            new Door("GET", "/v1/costs/export", READERS, 0, exports, files),
            new Door("GET", "/v1/costs/*", READERS, 0, reports, costs),
            new Door("GET", "/v1/prices", READERS, 0, quotes, costs),
            new Door("GET", "/v1/prices/*", READERS, 0, quotes, costs),
            new Door(
                "POST",
                "/v1/costs/imports",
                ADMINS,
                BILL_BYTES,
                compares,
                trail.recording("bill.import", costs)),
            new Door("GET", "/v1/organization/costs", READERS, 0, collects, costs),
            new Door("GET", "/v1/organization/usage/completions", READERS, 0, collects, costs),
            new Door("GET", "/v1/requests/*", READERS, 0, explains, costs),
            new Door("GET", "/v1/budgets", READERS, 0, limits, costs),
            new Door("GET", "/v1/budgets/*", READERS, 0, limits, costs),
            new Door(
                "PUT",
                "/v1/budgets/*",
                ADMINS,
                BUDGET_BYTES,
                setsLimits,
                trail.recordingAll("budget.set", costs)),
            new Door(
                "DELETE",
                "/v1/budgets/*",
                ADMINS,
                0,
                endsLimits,
                trail.recording("budget.remove", costs)),
            new Door(
                "POST",
                "/v1/budgets/*",
                ADMINS,
                0,
                countsAgain,
                trail.recording("budget.rebuild", costs)),
            new Door("POST", "/v1/reviews", ASKERS, reviewBytes, judges, idempotency.once(reviews)),
            // Before all that is below /v1/pipelines.
            new Door("GET", "/v1/pipelines/{name}/roi", READERS, 0, pays, costs),
            new Door(
                "POST",
                "/v1/batches",
                ASKERS,
                batchBytes,
                hands,
                idempotency.once(store.guarding(batch::create))),
            new Door("GET", "/v1/batches", READERS, 0, follows, store.guarding(batch::list)),
            new Door("GET", "/v1/batches/*", READERS, 0, watches, store.guarding(batch::look)),
            new Door("POST", "/v1/batches/*", ASKERS, 0, cancels, store.guarding(batch::change)),
            new Door("GET", "/v1/webhooks", READERS, 0, names, webhooks::targets),
            new Door(
                "GET",
                "/v1/webhooks/deliveries",
                READERS,
                0,
                delivers,
                store.guarding(webhooks::deliveries)),
            new Door(
                "POST", "/v1/pipelines:validate", ASKERS, orderBytes, checks, pipelines.check()),
            new Door("GET", "/v1/pipelines", READERS, 0, offers, runs::list),
            new Door("GET", "/v1/pipelines/*", READERS, 0, defines, store.guarding(runs::get)),
            new Door(
                "POST",
                "/v1/pipelines/*",
                ASKERS,
                orderBytes,
                begins,
                idempotency.once(store.guarding(runs::post))),
            new Door("GET", "/v1/runs", READERS, 0, remembers, store.guarding(runs::listRuns)),
            new Door("GET", "/v1/runs/*", READERS, 0, tells, store.guarding(runs::getRun)),
            new Door("POST", "/v1/runs/*", ASKERS, 0, changes, store.guarding(runs::postRun)),
            new Door("GET", "/v1/reviews", SHOWN_REVIEWS, 0, shows, people),
            new Door("GET", "/v1/review-policies", SHOWN_REVIEWS, 0, judged, people),
            new Door("GET", "/v1/reviewers", SHOWN_REVIEWS, 0, judged, people),
            new Door("GET", "/v1/reviews/*", SHOWN_REVIEWS, 0, shows, people),
            new Door(
                "POST",
                "/v1/reviews/*",
                REVIEWERS,
                DECISION_BYTES,
                settles,
                trail.recording("review.settle", people)),
            new Door("GET", "/v1/decisions", PEOPLE, 0, waits, people),
            new Door("GET", "/v1/decisions/*", PEOPLE, 0, waits, people),
            new Door(
                "POST",
                "/v1/decisions/*",
                REVIEWERS,
                DECISION_BYTES,
                settles,
                trail.recording("decision.settle", people)),
            new Door(
                "POST",
                "/v1/keys",
                ADMINS,
                KEY_BYTES,
                issues,
                trail.recordingAll("key.issue", store.guarding(keys::issue))),
            new Door("GET", "/v1/keys", ADMINS, 0, listsKeys, store.guarding(keys::list)),
            new Door("GET", "/v1/keys/*", ADMINS, 0, showsKey, store.guarding(keys::find)),
            new Door(
                "POST",
                "/v1/keys/*",
                ADMINS,
                KEY_BYTES,
                replaces,
                trail.recordingAll("key.rotate", store.guarding(keys::rotate))),
            new Door(
                "DELETE",
                "/v1/keys/*",
                ADMINS,
                0,
                revokes,
                trail.recording("key.revoke", store.guarding(keys::revoke))),
            new Door("GET", "/v1/audit", ADMINS, 0, recalls, store.guarding(trail.route()::list)),
            new Door("GET", "/v1/key", SHOWN_REVIEWS, 0, owns, new KeyRoute())),
        ConsoleParts.doors(settings, http, token, recognition, trail),
        recognition,
        porter,
        tracing,
        metrics);
  }

  private static Relay costs(
      Settings settings, HttpClient http, ServiceToken token, String patience) {
    return new Relay(
        http,
        settings.address("flotilla.cost.url"),
        token,
        settings.duration(patience),
        new ApiError(
            503,
            "server_error",
            "cost_service_unavailable",
            "The service that keeps the ledger does not answer. Nothing is lost: chat goes on, and rows arrive when it is back.",
            null,
            "router"));
  }

  private static Relay reviews(Settings settings, HttpClient http, ServiceToken token) {
    return new Relay(
        http,
        settings.address("flotilla.review.url"),
        token,
        settings.duration("flotilla.review.patience"),
        new ApiError(
            503,
            "server_error",
            "review_service_unavailable",
            "The service that reviews does not answer. Look at GET /v1/reviews before asking again: a review that has begun may be there.",
            null,
            "router"));
  }

  private static Relay people(Settings settings, HttpClient http, ServiceToken token) {
    return new Relay(
        http,
        settings.address("flotilla.review.url"),
        token,
        settings.duration("flotilla.review.people-patience"),
        new ApiError(
            503,
            "server_error",
            "review_service_unavailable",
            "The service that asks people does not answer. Nothing is lost: what was decided stays decided; send the same request again.",
            null,
            "router"));
  }
}
