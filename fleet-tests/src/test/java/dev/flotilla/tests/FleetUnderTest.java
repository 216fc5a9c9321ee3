package dev.flotilla.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Bill;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.OtlpReceiver;
import dev.flotilla.testkit.UpstreamDialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A fleet of child processes with upstreams that keep their own bills, each with a model {@code m}.
 * Providers are {@code alpha} and {@code beta}; {@code auto} asks alpha first. Both embed with
 * {@code e}, in one space, and each in a space of its own. Beside them are two that are only asked
 * by name: {@code gamma} speaks Anthropic's dialect, {@code delta} Gemini's. Keys: {@value #KEY} of
 * team growth, {@value #OTHER_KEY} of team other.
 */
final class FleetUnderTest implements AutoCloseable {
  static final String KEY = "sk-growth";
  static final String OTHER_KEY = "sk-other";
  static final String EXPIRED_KEY = "sk-expired";
  static final String ADMIN_KEY = "sk-administrator";
  static final String REVIEWER_KEY = "sk-growth-reviewer";
  static final String OTHER_REVIEWER_KEY = "sk-other-reviewer";
  static final String ONCE_A_MINUTE_KEY = "sk-once-a-minute";

  /** One request a minute as well, for whoever asks for vectors. */
  static final String VECTORS_KEY = "sk-vectors-once-a-minute";

  /** What provider-service shows to alpha. */
  static final String ALPHA_KEY = "sk-alpha-8f2c6d1e";

  static final Path TREE = Path.of("..").toAbsolutePath().normalize();
  static final ObjectMapper JSON = new ObjectMapper();

  /** USD per million tokens: input, cache read, output. */
  private static final String PRICE =
      "{from: 2026-01-01, source: test, input: 0.14, cache_read: 0.0028, output: 0.28}";

  static final long INPUT_PICO = 140_000;
  static final long CACHE_READ_PICO = 2_800;
  static final long OUTPUT_PICO = 280_000;

  final CountingUpstream alpha;
  final CountingUpstream beta = CountingUpstream.start();
  final CountingUpstream gamma = CountingUpstream.start(UpstreamDialect.ANTHROPIC);
  final CountingUpstream delta = CountingUpstream.start(UpstreamDialect.GEMINI);

  /** Only requests that come with a sampled {@code traceparent} are recorded. */
  final OtlpReceiver spans = OtlpReceiver.start();

  final LocalFleet fleet;
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private FleetUnderTest(
      Path folder,
      FleetPorts ports,
      CountingUpstream alpha,
      Map<Service, Map<String, String>> more,
      String keys) {
    this.alpha = alpha;
    FleetOptions options =
        FleetOptions.inTree(TREE)
            .withState(folder.resolve("state"))
            .withPartsIn(TREE.resolve("fleet-tests/target/parts"))
            .withPorts(ports)
            .withConfigDirectory(config(folder, keys))
            .with("FLOTILLA_KEYS_FILE", folder.resolve("keys.yaml").toString())
            .with(
                "FLOTILLA_PROVIDERS_ENABLED", "alpha,beta,gamma,delta,sim-north,sim-south,sim-east")
            .with("FLOTILLA_TRANSPORT_ATTEMPT_HEADER", "true")
            // Tests here count what a chain asks: each candidate once. A fleet of its own may
            // switch retries on again.
            .with("FLOTILLA_RETRY_MOST", "0")
            .with("ALPHA_KEY", ALPHA_KEY)
            .with("BETA_KEY", "sk-beta")
            .with("GAMMA_KEY", "sk-gamma")
            .with("DELTA_KEY", "sk-delta")
            .with("FLOTILLA_TRACING_OTLP_ENDPOINT", spans.url())
            .with("FLOTILLA_TRACING_RATIO", "0");
    for (var service : more.entrySet()) {
      for (var variable : service.getValue().entrySet()) {
        options = options.with(service.getKey(), variable.getKey(), variable.getValue());
      }
    }
    FasterStarts.prepare();
    fleet = LocalFleet.start(options);
  }

  static FleetUnderTest start(Path folder) {
    return start(folder, Map.of(), "");
  }

  /**
   * The same, whose alpha can be closed and started again where it was: on a port the system does
   * not hand out meanwhile. Providers are given up sooner, and models they do not know asked for
   * again sooner, than in an installation.
   */
  static FleetUnderTest startWithLastingAlpha(Path folder) {
    FleetPorts ports = FleetPorts.free();
    var impatient =
        Map.of("FLOTILLA_COMPLETION_WHOLE_ANSWER", "PT4S", "FLOTILLA_BREAKER_GONE", "PT1S");
    return new FleetUnderTest(
        folder,
        ports,
        CountingUpstream.start(ports.base() + 5),
        Map.of(Service.PROVIDER, impatient),
        "");
  }

  /**
   * A fleet of its own for tests that need more.
   *
   * @param router more environment for the routers
   * @param keys more lines for the key file, made by {@link #key}
   */
  static FleetUnderTest start(Path folder, Map<String, String> router, String keys) {
    return start(folder, keys, Map.of(Service.ROUTER, router));
  }

  /** The same with more environment for any service. */
  static FleetUnderTest start(
      Path folder, String keys, Map<Service, Map<String, String>> environment) {
    return new FleetUnderTest(
        folder, FleetPorts.free(), CountingUpstream.start(), environment, keys);
  }

  private Path config(Path folder, String keys) {
    try {
      Path catalog = Files.createDirectories(folder.resolve("config/catalog"));
      try (Stream<Path> shipped = Files.list(TREE.resolve("config/catalog"))) {
        for (Path file :
            shipped.filter(f -> f.getFileName().toString().startsWith("sim-")).toList()) {
          Files.copy(file, catalog.resolve(file.getFileName()));
        }
      }
      Path policies = Files.createDirectories(folder.resolve("config/review-policies"));
      try (Stream<Path> shipped = Files.list(TREE.resolve("config/review-policies"))) {
        for (Path file : shipped.toList()) {
          Files.copy(file, policies.resolve(file.getFileName()));
        }
      }
      provider(catalog, "alpha", "openai", alpha, "json_object, n, reasoning_effort, logprobs");
      provider(catalog, "beta", "openai", beta, "json_object, n, reasoning_effort");
      provider(catalog, "gamma", "anthropic", gamma, "sampling, reasoning_budget");
      provider(catalog, "delta", "gemini", delta, "json_object");
      Path routing = folder.resolve("config/routing.yaml");
      if (Files.notExists(routing)) {
        Files.writeString(routing, routing());
      }
      Files.writeString(
          folder.resolve("keys.yaml"),
          key("k_growth", KEY, "growth", "")
              + key("k_other", OTHER_KEY, "other", "")
              + key("k_administrator", ADMIN_KEY, "platform", "")
                  .replace("[caller", "[admin, caller")
              + key("k_ann", REVIEWER_KEY, "growth", "").replace("[caller, viewer", "[reviewer")
              + key("k_eve", OTHER_REVIEWER_KEY, "other", "")
                  .replace("[caller, viewer", "[reviewer")
              + key("k_old", EXPIRED_KEY, "growth", ", expires: 2026-01-01T00:00:00Z")
              + key("k_once", ONCE_A_MINUTE_KEY, "growth", ", rpm: 1")
              + key("k_vectors", VECTORS_KEY, "growth", ", rpm: 1")
              + keys);
      return folder.resolve("config");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The routing that a test may change and write into its folder's {@code config/} before. Tests
   * say by words of the rules which kind of work they ask for.
   */
  static String routing() throws IOException {
    return Files.readString(TREE.resolve("config/routing.yaml"))
        .replace("  learned: task-types.model\n", "")
        .replaceAll("candidates: \\[.*?]", "candidates: [alpha/m, beta/m]")
        .replace("baseline: flagship", "baseline: alpha/m");
  }

  private static void provider(
      Path catalog, String id, String dialect, CountingUpstream upstream, String more)
      throws IOException {
    Files.writeString(
        catalog.resolve(id + ".yaml"),
        """
        provider: %s
        dialect: %s
        base_url: %s
        key_env: %s_KEY
        models:
          - {name: m, upstream: gpt-test, family: %s, inputs: [text, image], supports: [tools, json_schema, %s], prices: [%s]}
        %s"""
            .formatted(
                id,
                dialect,
                upstream.baseUrl(),
                id.toUpperCase(Locale.ROOT),
                id,
                more,
                PRICE,
                dialect.equals("openai") ? embeddingModels(id) : ""));
  }

  private static String embeddingModels(String id) {
    return """
          - {name: e, upstream: embed-test, embedding: {space: test-1, dimensions: 8, shortens: true}, inputs: [text, tokens], prices: [%s]}
          - {name: %s-only, upstream: embed-own, embedding: {space: %s-1, dimensions: 8}, prices: [%s]}
        """
        .formatted(PRICE, id, id, PRICE);
  }

  /**
   * An entry of the key file.
   *
   * @param more further fields, each after a comma
   */
  static String key(String id, String key, String team, String more) {
    try {
      String hash =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-256")
                      .digest(key.getBytes(StandardCharsets.UTF_8)));
      return "- {id: %s, sha256: %s, team: %s, roles: [caller, viewer]%s}\n"
          .formatted(id, hash, team, more);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String ask(String model, String text) {
    return "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(model, text);
  }

  static String askStreaming(String model, String text) {
    return "{\"model\":\"%s\",\"stream\":true,\"stream_options\":{\"include_usage\":true},\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
        .formatted(model, text);
  }

  HttpResponse<String> chat(String body) {
    return chat(KEY, body);
  }

  HttpResponse<String> chat(String key, String body, String... headers) {
    return chat(fleet.url(), key, body, headers);
  }

  /** Asks this one of several routers. */
  HttpResponse<String> chat(URI router, String key, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(router.resolve("/v1/chat/completions"))
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(request.build());
  }

  JsonNode get(String key, String path) {
    return json(getText(key, path));
  }

  /** Whatever is answered. */
  HttpResponse<String> look(String key, String path) {
    return send(
        HttpRequest.newBuilder(fleet.url().resolve(path))
            .header("authorization", "Bearer " + key)
            .timeout(Duration.ofSeconds(30))
            .build());
  }

  String getText(String key, String path) {
    HttpResponse<String> response = look(key, path);
    if (response.statusCode() != 200) {
      throw new AssertionError(
          path + " answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  /** All samples of a service's metrics whose line begins with {@code prefix}, added up. */
  double metric(Service service, String prefix, String... labels) {
    return metric(fleet.opsUrl(service), prefix, labels);
  }

  double metric(URI ops, String prefix, String... labels) {
    return metrics(ops)
        .lines()
        .filter(line -> line.startsWith(prefix))
        .filter(line -> Stream.of(labels).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The samples of one metric of a service, added up per value of one of its labels. */
  Map<String, Long> metricBy(String label, Service service, String name) {
    Pattern sample =
        Pattern.compile(
            "(?m)^" + name + "\\{(?:[^}]*,)?" + label + "=\"([^\"]*)\"[^}]*} ([0-9.eE+-]+)$");
    var found = new TreeMap<String, Long>();
    sample
        .matcher(metrics(fleet.opsUrl(service)))
        .results()
        .forEach(
            hit -> found.merge(hit.group(1), (long) Double.parseDouble(hit.group(2)), Long::sum));
    return found;
  }

  private String metrics(URI ops) {
    return send(HttpRequest.newBuilder(ops.resolve("/metrics")).build()).body();
  }

  /** Waits for a metric: it is counted after the answer's last byte, so a caller may be faster. */
  void awaitMetric(double expected, Service service, String prefix, String... labels)
      throws InterruptedException {
    awaitMetric(expected, fleet.opsUrl(service), prefix, labels);
  }

  void awaitMetric(double expected, URI ops, String prefix, String... labels)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    double found;
    while ((found = metric(ops, prefix, labels)) != expected) {
      if (System.nanoTime() > end) {
        throw new AssertionError(prefix + " is " + found + ", not " + expected);
      }
      Thread.sleep(20);
    }
  }

  HttpResponse<String> post(String key, String path, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(fleet.url().resolve(path))
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(request.build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  Connection ledger() throws SQLException {
    Map<String, String> environment = fleet.environment(Service.COST);
    return DriverManager.getConnection(
        environment.get("FLOTILLA_POSTGRES_URL"),
        environment.get("FLOTILLA_POSTGRES_USER"),
        environment.get("FLOTILLA_POSTGRES_PASSWORD"));
  }

  /** Waits until the ledger has this many rows that match a condition. */
  void awaitRows(String condition, long expected) throws SQLException, InterruptedException {
    awaitRows("cost.attempt", condition, expected);
  }

  /**
   * Asks until a second model was shown a request: a router begins to learn when it has read what
   * is known.
   *
   * @param model as it stands in the request
   */
  void awaitLearning(String model) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    for (int i = 0; metric(Service.ROUTER, "llm_router_shadows_total{", "compared") == 0; i++) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "nothing is learned: "
                + metricBy("result", Service.ROUTER, "llm_router_shadows_total"));
      }
      chat(ask(model, "Translate: hello " + i));
    }
  }

  /** Waits until a table of the ledger has this many rows that match a condition. */
  void awaitRows(String table, String condition, long expected)
      throws SQLException, InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    long found = -1;
    try (Connection connection = ledger();
        var query =
            connection.prepareStatement("select count(*) from " + table + " where " + condition)) {
      while (System.nanoTime() < end) {
        try (var rows = query.executeQuery()) {
          rows.next();
          found = rows.getLong(1);
        }
        if (found >= expected) {
          return;
        }
        Thread.sleep(20);
      }
    }
    throw new AssertionError(
        "the ledger has " + found + " rows where " + condition + ", not " + expected);
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** What an upstream's bill comes to at the catalogue's price, nano-dollars. */
  static long nanos(Bill bill) {
    long pico =
        (bill.promptTokens() - bill.cachedTokens()) * INPUT_PICO
            + bill.cachedTokens() * CACHE_READ_PICO
            + bill.completionTokens() * OUTPUT_PICO;
    return new BigDecimal(pico)
        .divide(BigDecimal.valueOf(1_000), 0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }

  URI baseUrl() {
    return fleet.url().resolve("/v1");
  }

  @Override
  public void close() {
    fleet.close();
    alpha.close();
    beta.close();
    gamma.close();
    delta.close();
    spans.close();
  }
}
