package dev.flotilla.local.supervision;

import dev.flotilla.local.spans.SpanRelay;
import java.util.ArrayList;
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
  private static final String KEYS_FILE = "FLOTILLA_KEYS_FILE";

  private final FleetOptions options;
  private final Map<String, String> shared;

  ServiceEnvironment(FleetOptions options, StateDirectory state, Secrets secrets) {
    this.options = options;
    var facts = new HashMap<>(options.environment());
    facts.putIfAbsent("FLOTILLA_CONFIG_DIR", options.tree().resolve("config").toString());
    facts.putIfAbsent(KEYS_FILE, state.run("keys.yaml").toString());
    facts.putIfAbsent(PROVIDERS, String.join(",", providers(options.environment())));
    facts.put("FLOTILLA_SERVICE_TOKEN", secrets.serviceToken());
    facts.put("FLOTILLA_CACHE_SECRET", secrets.cacheSecret());
    facts.put("FLOTILLA_SPOOL_DIR", state.spool().toString());
    facts.put("FLOTILLA_PROVIDER_URL", url(Service.PROVIDER));
    facts.put("FLOTILLA_COST_URL", url(Service.COST));
    facts.put("FLOTILLA_REVIEW_URL", url(Service.REVIEW));
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

  /** Those with a key; without any, the simulator's three pretend providers. */
  static List<String> providers(Map<String, String> environment) {
    var named = new ArrayList<String>();
    if (isSet(environment, "OPENAI_API_KEY") || isSet(environment, "OPENAI_BASE_URL")) {
      named.add("openai");
    }
    if (isSet(environment, "ANTHROPIC_API_KEY")) {
      named.add("anthropic");
    }
    if (isSet(environment, "DEEPSEEK_API_KEY")) {
      named.add("deepseek");
    }
    return named.isEmpty() ? List.of("sim-north", "sim-south", "sim-east") : List.copyOf(named);
  }

  private static boolean isSet(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isBlank();
  }
}
