package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prometheus scrapes a running fleet with the alerts that are shipped, whose windows and waits pass
 * thirty times faster here: a minute is two seconds.
 */
class PrometheusIT {
  private static final Path CHART = FleetUnderTest.TREE.resolve("helm/flotilla/files");
  private static final Pattern WINDOW = Pattern.compile("(?<=\\[|for: |offset )(\\d+)([mhd])");
  private static final Map<String, Integer> MINUTES = Map.of("m", 1, "h", 60, "d", 1_440);
  private static final int SECONDS_FOR_A_MINUTE = 2;
  private static final int SENDERS = 4;

  private static final String PIPELINE =
      """
      apiVersion: pipelines/v1
      name: watched
      description: One step.
      input:
        schema: {type: object, required: [prompt], properties: {prompt: {type: string}}}
      steps:
        - {id: say, task_type: bulk, prompt: "Say this.\\n{{ input.prompt | data }}"}
      result: say
      """;

  private static final String REVIEW =
      """
      {"artifact": {"type": "text", "content": "The ferry leaves at nine."}, "plan": ["names a time"], "author_models": ["alpha/m"],
       "policy": "two-of-three", "reviewers": ["sim-north/flagship", "sim-south/flagship", "sim-east/flagship"]}""";

  private static final AtomicLong ASKED = new AtomicLong();

  @TempDir static Path folder;

  private static FleetUnderTest fleet;
  private static PrometheusProgram prometheus;

  @BeforeAll
  static void start() throws Exception {
    Path pipelines = Files.createDirectories(folder.resolve("config/pipelines"));
    Files.writeString(pipelines.resolve("watched.yaml"), PIPELINE);
    // What opens closes soon after what was broken is repaired.
    fleet =
        FleetUnderTest.start(
            folder,
            "",
            Map.of(
                Service.PROVIDER,
                Map.of("FLOTILLA_BREAKER_OPEN", "PT1S", "FLOTILLA_BREAKER_LONGEST_OPEN", "PT1S")));
    var targets = new TreeMap<String, URI>();
    for (Service service : Service.values()) {
      targets.put(service.name().toLowerCase(Locale.ROOT), fleet.fleet.opsUrl(service));
    }
    prometheus =
        PrometheusProgram.start(
            folder.resolve("prometheus"),
            faster(Files.readString(CHART.resolve("alerts.yaml"))),
            targets);
  }

  @AfterAll
  static void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
    if (fleet != null) {
      fleet.close();
    }
  }

  private static String faster(String rules) {
    return WINDOW
        .matcher(rules)
        .replaceAll(
            found ->
                Integer.parseInt(found.group(1))
                        * MINUTES.getOrDefault(found.group(2), 0)
                        * SECONDS_FOR_A_MINUTE
                    + "s");
  }

  @Test
  void a_broken_provider_wakes_somebody_and_a_repaired_one_lets_them_sleep() throws Exception {
    try (var callers = new Callers()) {
      callers.awaitAnswers(120);
      // The other test's fallbacks may still be in its windows.
      prometheus.awaitState("FallbackRateHigh", "inactive");
      fleet.alpha.always(Behaviour.status(500));
      prometheus.awaitState("FallbackRateHigh", "firing");
      JsonNode alpha = alpha();
      assertTrue(
          alpha.path("fallback_rate_5m").asDouble() > alpha.path("threshold").asDouble(),
          alpha.toString());
      assertEquals("server_error", alpha.at("/last_error/kind").asText(), alpha.toString());
      assertTrue(!alpha.path("status").asText().equals("up"), alpha.toString());
      fleet.alpha.always(Behaviour.ok());
      prometheus.awaitState("FallbackRateHigh", "inactive");
      assertEquals("closed", alpha().path("circuit").asText());
    }
  }

  @Test
  void every_query_of_every_dashboard_has_something_to_show() throws Exception {
    put("/v1/budgets/team:growth", "{\"limit_usd\": 100, \"period\": \"month\"}");
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    List<String> silent;
    do {
      everythingThatCounts();
      silent = silentQueries();
    } while (!silent.isEmpty() && Instant.now().isBefore(end));
    assertEquals(List.of(), silent);
  }

  /** A series of each kind that does not exist from the start. */
  private static void everythingThatCounts() {
    for (int i = 0; i < 2; i++) {
      answered(fleet.chat(FleetUnderTest.ask("auto", "The same again, for the cache.")));
    }
    answered(fleet.chat(FleetUnderTest.askStreaming("alpha/m", unique())));
    answered(fleet.post(FleetUnderTest.KEY, "/v1/reviews", REVIEW));
    answered(
        fleet.post(
            FleetUnderTest.KEY,
            "/v1/pipelines/watched/runs",
            "{\"input\":{\"prompt\":\"%s\"}}".formatted(unique())));
    fleet.alpha.always(Behaviour.status(500));
    answered(fleet.chat(FleetUnderTest.ask("auto", unique())));
    fleet.alpha.always(Behaviour.ok());
  }

  private static List<String> silentQueries() throws Exception {
    var silent = new ArrayList<String>();
    try (Stream<Path> files = Files.list(CHART.resolve("dashboards"))) {
      for (Path file : files.sorted(Comparator.naturalOrder()).toList()) {
        JsonNode dashboard = FleetUnderTest.json(Files.readString(file));
        for (JsonNode panel : dashboard.path("panels")) {
          for (JsonNode target : panel.path("targets")) {
            String query =
                target
                    .path("expr")
                    .asText()
                    .replace("$__rate_interval", "1m")
                    .replaceAll("\\$(namespace|job|instance)", ".*");
            if (!showsSomething(prometheus.query(query))) {
              silent.add(dashboard.path("title").asText() + ": " + query);
            }
          }
        }
      }
    }
    return silent;
  }

  private static boolean showsSomething(JsonNode series) {
    for (JsonNode one : series) {
      if (Double.isFinite(
          Double.parseDouble(one.at("/value/1").asText("NaN").replace("Inf", "Infinity")))) {
        return true;
      }
    }
    return false;
  }

  private static void answered(HttpResponse<String> answer) {
    assertTrue(answer.statusCode() / 100 == 2, answer.statusCode() + ": " + answer.body());
  }

  private static void put(String path, String body) throws Exception {
    answered(
        fleet.http.send(
            HttpRequest.newBuilder(fleet.fleet.url().resolve(path))
                .header("authorization", "Bearer " + FleetUnderTest.ADMIN_KEY)
                .header("content-type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString()));
  }

  private static JsonNode alpha() {
    for (JsonNode provider : fleet.get(FleetUnderTest.ADMIN_KEY, "/v1/providers").path("data")) {
      if (provider.path("id").asText().equals("alpha")) {
        return provider;
      }
    }
    throw new AssertionError("no alpha");
  }

  private static String unique() {
    return "Translate: good morning, number " + ASKED.incrementAndGet();
  }

  /** Callers who ask one after the other, until it is closed. */
  private static final class Callers implements AutoCloseable {
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong answers = new AtomicLong();
    private final List<Thread> senders = new ArrayList<>();

    private Callers() {
      for (int i = 0; i < SENDERS; i++) {
        senders.add(Thread.startVirtualThread(this::send));
      }
    }

    private void send() {
      try {
        while (!over.get()) {
          answered(fleet.chat(FleetUnderTest.ask("auto", unique())));
          answers.incrementAndGet();
          // Other tests need the machine, too.
          Thread.sleep(40);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void awaitAnswers(long count) throws InterruptedException {
      Instant end = Instant.now().plus(Duration.ofSeconds(60));
      while (answers.get() < count) {
        assertTrue(Instant.now().isBefore(end), answers + " answers");
        Thread.sleep(20);
      }
    }

    @Override
    public void close() {
      over.set(true);
      senders.forEach(
          sender -> {
            try {
              sender.join();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
  }
}
