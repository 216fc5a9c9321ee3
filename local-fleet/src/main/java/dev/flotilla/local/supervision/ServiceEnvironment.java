package dev.flotilla.local.supervision;

import dev.flotilla.local.spans.SpanRelay;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the services find in their environment: what we inherited, the addresses of this fleet, and
 * what a test adds.
 */
final class ServiceEnvironment {
  static final String REDIS_URL = "FLOTILLA_REDIS_URL";
  static final String POSTGRES_URL = "FLOTILLA_POSTGRES_URL";
  static final String PROVIDERS = "FLOTILLA_PROVIDERS_ENABLED";
  static final String SPANS_URL = "FLOTILLA_TRACING_OTLP_ENDPOINT";
  static final String NOTICE = "FLOTILLA_DEPARTURE_NOTICE";
  static final String GRACE = "FLOTILLA_DEPARTURE_GRACE";
  private static final String SPOOL_DIR = "FLOTILLA_SPOOL_DIR";
  private static final String KEYS_FILE = "FLOTILLA_KEYS_FILE";

  private final FleetOptions options;
  private final StateDirectory state;
  private final Map<String, String> shared;

  ServiceEnvironment(FleetOptions options, StateDirectory state, Secrets secrets) {
    this.options = options;
    this.state = state;
    var facts = new HashMap<>(options.environment());
    facts.putIfAbsent("FLOTILLA_CONFIG_DIR", options.tree().resolve("config").toString());
    facts.putIfAbsent(KEYS_FILE, state.run("keys.yaml").toString());
    facts.computeIfAbsent(PROVIDERS, n -> String.join(",", ProviderKeys.of(options).enabled()));
    // Whoever stops a fleet on the own machine does not want to wait for its longest stream.
    facts.putIfAbsent(GRACE, "PT20S");
    facts.put("FLOTILLA_SERVICE_TOKEN", secrets.serviceToken());
    facts.put("FLOTILLA_CACHE_SECRET", secrets.cacheSecret());
    facts.put(SPOOL_DIR, state.spool().toString());
    facts.put("FLOTILLA_PROVIDER_URL", url(Service.PROVIDER));
    facts.put("FLOTILLA_COST_URL", url(Service.COST));
    facts.put("FLOTILLA_REVIEW_URL", url(Service.REVIEW));
    facts.put("FLOTILLA_PEOPLE_CALLBACK_URL", url(Service.ROUTER) + "/internal/runs/{run_id}/wake");
    facts.put("FLOTILLA_EXIT_WITH_PARENT", "true");
    this.shared = facts;
  }

  /** Before the services start, which are the only readers. */
  void useRedis(RedisProgram redis) {
    shared.put(REDIS_URL, redis.url());
  }

  void useRelay(SpanRelay relay) {
    shared.put(SPANS_URL, relay.url());
  }

  void usePostgres(PostgresProgram postgres) {
    shared.put(POSTGRES_URL, postgres.url());
    shared.put("FLOTILLA_POSTGRES_USER", PostgresProgram.USER);
    shared.put("FLOTILLA_POSTGRES_PASSWORD", PostgresProgram.PASSWORD);
  }

  Map<String, String> of(Service service) {
    var environment = new HashMap<>(shared);
    environment.putAll(options.extra().getOrDefault(service, Map.of()));
    return Map.copyOf(environment);
  }

  /** The same for one more process of a service, which writes where nobody else does. */
  Map<String, String> ofAnother(Service service, String name) {
    var environment = new HashMap<>(of(service));
    environment.put(SPOOL_DIR, state.spool().resolve(name).toString());
    return Map.copyOf(environment);
  }

  String value(String name) {
    return shared.getOrDefault(name, "");
  }

  List<String> providers() {
    return List.of(value(PROVIDERS).split(","));
  }

  static boolean bringsOwnKeys(Map<String, String> environment) {
    return environment.containsKey(KEYS_FILE);
  }

  private String url(Service service) {
    return "http://127.0.0.1:" + options.ports().http(service);
  }
}
