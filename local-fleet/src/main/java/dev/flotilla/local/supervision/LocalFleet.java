package dev.flotilla.local.supervision;

import dev.flotilla.local.spans.SpanRelay;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The four services with their Redis and PostgreSQL, supervised by this process. Closing it leaves
 * no process behind; should this process be killed instead, the services end by themselves and the
 * next start ends the rest.
 */
public final class LocalFleet implements AutoCloseable {
  private static final Executor VIRTUAL = Thread::startVirtualThread;

  private final FleetOptions options;
  private final StateDirectory state;
  private final FleetLock lock;
  private final ServiceEnvironment environment;
  private final Journal journal;
  private final Consumer<FleetState> watcher;
  private final Instant startedAt = Instant.now();
  private final Map<Service, Part> services = new EnumMap<>(Service.class);
  private final List<Part> others = new CopyOnWriteArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private final @Nullable Part postgres;
  private final @Nullable Part redis;
  private final Viewer viewer;
  private final @Nullable SpanRelay relay;

  private String phase = "starting";
  private @Nullable String problem;
  private boolean closed;

  /** Returns when every part is ready; notes of the supervisor go to stderr. */
  public static LocalFleet start(FleetOptions options) {
    return start(options, line -> System.err.println(line), state -> {});
  }

  /**
   * @param watcher is told every change, by the thread that made it
   * @throws CannotStart when a part did not become ready; everything that was started is stopped
   *     again
   */
  public static LocalFleet start(
      FleetOptions options, Journal journal, Consumer<FleetState> watcher) {
    var fleet = prepare(options, journal, watcher);
    fleet.startParts();
    return fleet;
  }

  /**
   * The same, and whatever ends this process in an orderly way, Ctrl-C included, closes the fleet
   * first.
   */
  public static LocalFleet startUntilExit(
      FleetOptions options, Journal journal, Consumer<FleetState> watcher) {
    var fleet = prepare(options, journal, watcher);
    Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "close-fleet"));
    fleet.startParts();
    return fleet;
  }

  /** PostgreSQL and Redis alone, for who works on their data while no service does. */
  public static LocalFleet startStores(FleetOptions options, Journal journal) {
    var fleet = prepare(options, journal, state -> {});
    Runtime.getRuntime().addShutdownHook(new Thread(fleet::close, "close-stores"));
    try {
      fleet.startTogether(fleet.stores());
      return fleet;
    } catch (CannotStart e) {
      fleet.close();
      throw e;
    }
  }

  private static LocalFleet prepare(
      FleetOptions options, Journal journal, Consumer<FleetState> watcher) {
    var state = StateDirectory.create(options.state());
    var lock = FleetLock.take(state);
    try {
      var left = new Leftovers(state).end();
      if (!left.isEmpty()) {
        journal.note("Ended what a killed supervisor had left: " + String.join(", ", left));
      }
      return new LocalFleet(options, state, lock, journal, watcher);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private LocalFleet(
      FleetOptions options,
      StateDirectory state,
      FleetLock lock,
      Journal journal,
      Consumer<FleetState> watcher) {
    this.options = options;
    this.state = state;
    this.lock = lock;
    this.journal = journal;
    this.watcher = watcher;
    this.environment = new ServiceEnvironment(options, state, Secrets.keptIn(state));
    if (!ServiceEnvironment.bringsOwnKeys(options.environment())) {
      Secrets.writeKeyFile(state);
    }
    this.viewer = new Viewer(state, options.tree(), options.ports());
    if (options.environment().containsKey(ServiceEnvironment.SPANS_URL)) {
      relay = null;
    } else {
      relay = SpanRelay.start(viewer::address);
      environment.useRelay(relay);
    }
    if (options.environment().containsKey(ServiceEnvironment.POSTGRES_URL)) {
      postgres = null;
    } else {
      var program = new PostgresProgram(state, options.parts(), FleetPorts.anyFree());
      environment.usePostgres(program);
      postgres = new Part(program, state, journal, this::changed);
    }
    if (options.environment().containsKey(ServiceEnvironment.REDIS_URL)) {
      redis = null;
    } else {
      var program = new RedisProgram(state, options.parts(), FleetPorts.anyFree());
      environment.useRedis(program);
      redis = new Part(program, state, journal, this::changed);
    }
    for (var service : List.of(Service.COST, Service.REVIEW, Service.PROVIDER, Service.ROUTER)) {
      services.put(
          service, part(service.label(), service, options.ports(), environment.of(service)));
    }
  }

  private Part part(
      String name, Service service, FleetPorts ports, Map<String, String> environment) {
    var command = options.command().apply(new Launch(service, ports, state.mark(), environment));
    var program = new ServiceProgram(name, service, state, ports, command, environment, http);
    return new Part(program, state, journal, this::changed);
  }

  private void startParts() {
    changed();
    try {
      options.ports().requireFree();
      startTogether(stores());
      startTogether(List.copyOf(services.values()));
      become("ready", null);
    } catch (CannotStart e) {
      synchronized (this) {
        if (closed) {
          throw e;
        }
        closed = true;
      }
      stopAll();
      become("failed", e.getMessage());
      lock.close();
      throw e;
    }
  }

  private List<Part> stores() {
    var stores = new ArrayList<Part>();
    if (postgres != null) {
      stores.add(postgres);
    }
    if (redis != null) {
      stores.add(redis);
    }
    return stores;
  }

  private void startTogether(List<Part> parts) {
    var starts =
        parts.stream()
            .map(part -> CompletableFuture.runAsync(() -> part.start(options.patience()), VIRTUAL))
            .toList();
    var all = CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new));
    // The first failure ends the wait: the others would only become ready to be stopped.
    starts.forEach(
        start -> {
          var _ =
              start.whenComplete(
                  (ready, failure) -> {
                    if (failure != null) {
                      all.completeExceptionally(failure);
                    }
                  });
        });
    try {
      all.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof CannotStart known
          ? known
          : new CannotStart("The fleet could not be started: " + e.getCause(), e);
    }
  }

  /** Where callers go: the router. */
  public URI url() {
    return url(Service.ROUTER);
  }

  public URI url(Service service) {
    return address(options.ports().http(service));
  }

  /** Where health and metrics of a service are. */
  public URI opsUrl(Service service) {
    return address(options.ports().ops(service));
  }

  private static URI address(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  public FleetPorts ports() {
    return options.ports();
  }

  /** What that service was started with, secrets included. */
  public Map<String, String> environment(Service service) {
    return environment.of(service);
  }

  public String redisUrl() {
    return environment.value(ServiceEnvironment.REDIS_URL);
  }

  /**
   * For JDBC; user and password are both {@code postgres} unless the address came from the
   * environment.
   */
  public String postgresUrl() {
    return environment.value(ServiceEnvironment.POSTGRES_URL);
  }

  public Path stateDirectory() {
    return state.root();
  }

  public Path log(Service service) {
    return state.log(service.label());
  }

  public long pid(Service service) {
    return part(service).pid();
  }

  /**
   * Ends it as a crash would. The supervisor starts it again after a second or more; {@link #stop}
   * right after prevents it.
   */
  public void kill9(Service service) {
    part(service).kill9();
  }

  /**
   * Asks it to finish its work and waits until it is gone. It stays down until {@link
   * #start(Service)}.
   */
  public void stop(Service service) {
    part(service).stop();
  }

  /** Returns when it is ready. Does nothing for one that runs. */
  public void start(Service service) {
    part(service).start(options.patience());
  }

  /** Returns when it is ready again by itself, for example after {@link #kill9}. */
  public void awaitReady(Service service) {
    part(service).awaitReady(options.patience());
  }

  /**
   * Starts one more process of a service, with the same environment on free ports and with a spool
   * of its own, and returns when it is ready. It is kept running until the fleet is closed; its
   * state is not shown. One at a time.
   */
  public Instance startAnother(Service service) {
    var ports = FleetPorts.free();
    var name = service.label() + "-" + (others.size() + 2);
    var part = part(name, service, ports, environment.ofAnother(service, name));
    others.add(part);
    part.start(options.patience());
    return new Instance(
        name, address(ports.http(service)), address(ports.ops(service)), state.log(name));
  }

  /** As {@link #kill9(Service)}, of one that was started beside the fleet's own. */
  public void kill9(Instance instance) {
    other(instance).kill9();
  }

  /** As {@link #stop(Service)}, of one that was started beside the fleet's own. */
  public void stop(Instance instance) {
    other(instance).stop();
  }

  /** As {@link #start(Service)}, of one that was started beside the fleet's own. */
  public void start(Instance instance) {
    other(instance).start(options.patience());
  }

  /** As {@link #awaitReady(Service)}, of one that was started beside the fleet's own. */
  public void awaitReady(Instance instance) {
    other(instance).awaitReady(options.patience());
  }

  private Part other(Instance instance) {
    return others.stream()
        .filter(part -> part.name().equals(instance.name()))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("not of this fleet: " + instance));
  }

  public long redisPid() {
    return own(redis, "Redis").pid();
  }

  public void stopRedis() {
    own(redis, "Redis").stop();
  }

  /** On the same port as before, and empty. */
  public void startRedis() {
    own(redis, "Redis").start(options.patience());
  }

  /**
   * Ends it as a crash would, and with it what it knew; the supervisor starts it again.
   *
   * @see #awaitRedis()
   */
  public void kill9Redis() {
    own(redis, "Redis").kill9();
  }

  /** Returns when it is ready again by itself. */
  public void awaitRedis() {
    own(redis, "Redis").awaitReady(options.patience());
  }

  public long postgresPid() {
    return own(postgres, "PostgreSQL").pid();
  }

  public void stopPostgres() {
    own(postgres, "PostgreSQL").stop();
  }

  /** On the same port as before, with its data. */
  public void startPostgres() {
    own(postgres, "PostgreSQL").start(options.patience());
  }

  /**
   * Ends it as a crash would; the supervisor starts it again, and it finds what was committed.
   *
   * @see #awaitPostgres()
   */
  public void kill9Postgres() {
    own(postgres, "PostgreSQL").kill9();
  }

  /** Returns when it is ready again by itself. */
  public void awaitPostgres() {
    own(postgres, "PostgreSQL").awaitReady(options.patience());
  }

  public synchronized FleetState snapshot() {
    var parts = new ArrayList<FleetState.PartState>();
    parts.add(postgres == null ? external("postgres") : postgres.snapshot());
    parts.add(redis == null ? external("redis") : redis.snapshot());
    for (var service : Service.values()) {
      parts.add(part(service).snapshot());
    }
    return new FleetState(
        phase,
        url().toString(),
        options.ports().base(),
        state.root().toString(),
        ProcessHandle.current().pid(),
        startedAt.truncatedTo(ChronoUnit.SECONDS).toString(),
        environment.providers(),
        List.copyOf(parts),
        relay == null ? null : options.ports().viewer(),
        problem);
  }

  /**
   * In an order that loses nothing: nobody is asked any more, the last costs are written down, then
   * the stores go.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    become("stopping", null);
    stopAll();
    state.delete(FleetState.FILE);
    lock.close();
    http.close();
  }

  private void stopAll() {
    stores().forEach(Part::retire);
    services.values().forEach(Part::retire);
    others.forEach(Part::retire);
    stopTogether(others);
    part(Service.ROUTER).stop();
    part(Service.PROVIDER).stop();
    stopTogether(List.of(part(Service.COST), part(Service.REVIEW)));
    stopTogether(stores());
    viewer.end();
    if (relay != null) {
      relay.close();
    }
  }

  private static void stopTogether(List<Part> parts) {
    CompletableFuture.allOf(
            parts.stream()
                .map(part -> CompletableFuture.runAsync(part::stop, VIRTUAL))
                .toArray(CompletableFuture[]::new))
        .join();
  }

  private void become(String next, @Nullable String why) {
    synchronized (this) {
      phase = next;
      problem = why;
    }
    changed();
  }

  private synchronized void changed() {
    if (services.size() < Service.values().length) {
      return;
    }
    var now = snapshot();
    state.write(FleetState.FILE, now.toJson());
    watcher.accept(now);
  }

  private Part part(Service service) {
    var part = services.get(service);
    if (part == null) {
      throw new IllegalStateException("no part for " + service);
    }
    return part;
  }

  private static Part own(@Nullable Part part, String name) {
    if (part == null) {
      throw new IllegalStateException(
          name + " of this fleet is not ours: its address came from the environment");
    }
    return part;
  }

  private static FleetState.PartState external(String name) {
    return new FleetState.PartState(name, "external", null, null, null, 0, null);
  }
}
