package dev.flotilla.console;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.OidcIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A fleet with two upstreams, {@code alpha/m} and {@code beta/m}, that do as they are told, and
 * pipelines of its own. Its money is real, as far as the ledger knows.
 */
final class ConsoleFleet implements AutoCloseable {
  static final String KEY = "sk-growth-console";
  static final String REVIEWER = "sk-growth-ann";
  static final String SECOND_REVIEWER = "sk-growth-bob";
  static final String OTHER_TEAM = "sk-other-console";
  static final String OTHER_REVIEWER = "sk-other-eve";
  static final String ADMIN = "sk-growth-root";

  /** Would be seen at once if anything of it were taken for markup. */
  static final String SCRIPT =
      "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">";

  static final Path TREE = Path.of("..").toAbsolutePath().normalize();
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String ESCALATION =
      """
      apiVersion: pipelines/v1
      name: escalation
      description: "Drafts a reply and asks a person; %s"
      input: {schema: {type: object, required: [complaint], properties: {complaint: {type: string}}}}
      budget: {max_cost_usd: 0.50}
      steps:
        - id: draft
          model: alpha/m
          fallbacks: [beta/m]
          prompt: "Answer kindly: {{ input.complaint }}"
        - id: tones
          foreach: '["short", "warm", "formal"]'
          as: tone
          concurrency: 1
          model: beta/m
          prompt: "Say it in a {{ tone }} way: {{ draft }}"
        - id: person
          human: {queue: replies, title: "May this reply go out?", show: [input, draft], decisions: [approve, request_changes, reject], timeout: 24h, on_timeout: reject}
      result: 'person.decision'
      """;

  /** People sign in there, on another site than the fleet's. */
  final OidcIssuer issuer = OidcIssuer.start();

  final CountingUpstream alpha = CountingUpstream.start();
  final CountingUpstream beta = CountingUpstream.start();
  final LocalFleet fleet;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  ConsoleFleet(Path folder) {
    try {
      Path config = Files.createDirectories(folder.resolve("config"));
      copy(TREE.resolve("config"), config);
      Files.writeString(
          config.resolve("pipelines/escalation.yaml"),
          ESCALATION.formatted(SCRIPT.replace("\"", "\\\"")));
      provider(config, "alpha", alpha, "1.25", "10.00");
      provider(config, "beta", beta, "0.14", "0.28");
      Path routing = config.resolve("routing.yaml");
      Files.writeString(
          routing,
          Files.readString(routing)
              .replaceAll("candidates: \\[.*?]", "candidates: [beta/m, alpha/m]")
              .replace("baseline: flagship", "baseline: alpha/m"));
      Files.writeString(
          config.resolve("rates.csv"), "date,from,to,rate,source\n2026-01-01,USD,PKR,280.5,test\n");
      Files.writeString(
          config.resolve("manual-work.csv"),
          "pipeline,minutes,hourly_rate,currency\nescalation,10,30,USD\n");
      Files.writeString(
          folder.resolve("keys.yaml"),
          key("k_growth", KEY, "growth", "[caller, viewer, operator]")
              + key("k_ann", REVIEWER, "growth", "[caller, viewer, reviewer, operator]")
              + key("k_bob", SECOND_REVIEWER, "growth", "[reviewer]")
              + key("k_other", OTHER_TEAM, "other", "[caller, viewer]")
              + key("k_eve", OTHER_REVIEWER, "other", "[reviewer]")
              + key("k_root", ADMIN, "growth", "[admin]"));
      FleetPorts ports = FleetPorts.free();
      fleet =
          LocalFleet.start(
              FleetOptions.inTree(TREE)
                  .withState(folder.resolve("state"))
                  .withPartsIn(TREE.resolve("console-tests/target/parts"))
                  .withPorts(ports)
                  .withConfigDirectory(config)
                  .with("FLOTILLA_KEYS_FILE", folder.resolve("keys.yaml").toString())
                  .with("FLOTILLA_PROVIDERS_ENABLED", "alpha,beta,sim-north,sim-south,sim-east")
                  .with("FLOTILLA_RETRY_MOST", "0")
                  .with("FLOTILLA_BREAKER_WINDOW", "1000")
                  .with("FLOTILLA_BREAKER_MINIMUM_CALLS", "1000")
                  .with("MP_JWT_VERIFY_PUBLICKEY_LOCATION", issuer.keys())
                  .with("MP_JWT_VERIFY_ISSUER", issuer.name())
                  .with("MP_JWT_VERIFY_AUDIENCES", OidcIssuer.CLIENT)
                  .with("FLOTILLA_CONSOLE_OIDC_CLIENT_ID", OidcIssuer.CLIENT)
                  .with("FLOTILLA_CONSOLE_OIDC_CLIENT_SECRET", OidcIssuer.SECRET)
                  .with("FLOTILLA_CONSOLE_OIDC_NAME", "Example")
                  .with(
                      "FLOTILLA_CONSOLE_OIDC_REDIRECT_BASE",
                      "http://127.0.0.1:" + ports.http(Service.ROUTER))
                  .with("ALPHA_KEY", "sk-alpha")
                  .with("BETA_KEY", "sk-beta"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  private static void provider(
      Path config, String id, CountingUpstream upstream, String input, String output)
      throws IOException {
    Files.writeString(
        config.resolve("catalog/" + id + ".yaml"),
        """
        provider: %s
        dialect: openai
        base_url: %s
        key_env: %s_KEY
        models:
          - {name: m, upstream: gpt-test, family: %s, inputs: [text], supports: [tools, json_schema, json_object], prices: [{from: 2026-01-01, source: test, input: %s, output: %s}]}
        """
            .formatted(
                id, upstream.baseUrl(), id.toUpperCase(java.util.Locale.ROOT), id, input, output));
  }

  private static String key(String id, String key, String team, String roles) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return "- {id: %s, sha256: %s, team: %s, roles: %s}\n"
          .formatted(id, HexFormat.of().formatHex(hash), team, roles);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  String url(String path) {
    return fleet.url().resolve(path).toString();
  }

  JsonNode get(String key, String path) {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(url(path))).header("authorization", "Bearer " + key));
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return json(answer.body());
  }

  HttpResponse<String> post(String key, String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(url(path)))
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Asks a model; the answer's text. */
  void chat(String model, String prompt) {
    var body = JSON.createObjectNode().put("model", model);
    body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    HttpResponse<String> answer = post(KEY, "/v1/chat/completions", body.toString());
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.body());
    }
  }

  /** Begins a run that asks a person; its id. */
  String beginEscalation(String complaint) {
    var order = JSON.createObjectNode();
    order.putObject("input").put("complaint", complaint);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      HttpResponse<String> answer =
          post(KEY, "/v1/pipelines/escalation/runs?mode=async", order.toString());
      if (answer.statusCode() == 202) {
        return json(answer.body()).path("id").asText();
      }
      // A router is ready before its tables are.
      if (answer.statusCode() != 503 || System.nanoTime() > end) {
        throw new AssertionError(answer.statusCode() + ": " + answer.body());
      }
    }
  }

  /** Waits until a run stands like this; the run. */
  JsonNode awaitRun(String id, String status) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode run = get(KEY, "/v1/runs/" + id);
    while (!run.path("status").asText().equals(status)) {
      if (System.nanoTime() > end || run.path("status").asText().equals("failed")) {
        throw new AssertionError("not " + status + ": " + run);
      }
      pause();
      run = get(KEY, "/v1/runs/" + id);
    }
    return run;
  }

  /** Waits until the ledger tells of that many calls. */
  void awaitAttempts(long least) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (get(KEY, "/v1/costs/summary?period=month").at("/total/attempts").asLong() < least) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the ledger never told of " + least + " calls");
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  @Override
  public void close() {
    fleet.close();
    alpha.close();
    beta.close();
    issuer.close();
  }
}
