package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.Bill;
import dev.flotilla.testkit.CountingUpstream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a validator is worth: recorded answers of a cheap and a strong model, given again by two
 * upstreams, each question asked of the router as {@code auto/bulk}. The validator is a rule of
 * {@code routing.yaml} that sees a mark in the answer. The upstreams set it by chance, with a fixed
 * seed: on {@value #CAUGHT} of their wrong answers and on {@value #FALSE_ALARMS} of the right ones.
 *
 * <p>Questions are as long as those that were recorded. How long the answers were is not recorded;
 * here they have 5 to 64 tokens, the same for both models.
 */
class EscalationQualityIT {
  private static final double CAUGHT = 0.8;
  private static final double FALSE_ALARMS = 0.1;
  private static final long SEED = 7;
  private static final int AT_ONCE = 8;
  private static final String CHEAP = "mixtral-8x7b-instruct";
  private static final String STRONG = "gpt-4-1106-preview";
  private static final String DOUBTFUL = "[doubtful]";
  private static final Pattern ID = Pattern.compile("mmlu/[a-z_]+/\\d+");

  /**
   * USD per million tokens, of the public list of 2026-08-01: {@code
   * together_ai/mistralai/Mixtral-8x7B-Instruct-v0.1} and OpenAI's {@code gpt-4-1106-preview};
   * neither is cheaper from a prompt cache.
   */
  private static final String CHEAP_PRICE = "input: 0.60, cache_read: 0.60, output: 0.60";

  private static final String STRONG_PRICE = "input: 10, cache_read: 10, output: 30";
  private static final long STRONG_INPUT_NANOS = 10_000;
  private static final long STRONG_OUTPUT_NANOS = 30_000;

  private static final CountingUpstream cheap = CountingUpstream.start();
  private static final CountingUpstream strong = CountingUpstream.start();
  private static FleetUnderTest fleet;
  private static List<Recorded> recorded;

  /**
   * One question and who knew the answer.
   *
   * @param characters of the question
   */
  private record Recorded(String id, int characters, boolean cheapIsRight, boolean strongIsRight) {
    String request() {
      String text = (id + " ").repeat(characters / id.length() + 1);
      return FleetUnderTest.ask("auto/bulk", text.substring(0, Math.max(id.length(), characters)));
    }
  }

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    recorded = recorded();
    replay(cheap, CHEAP, Recorded::cheapIsRight);
    replay(strong, STRONG, Recorded::strongIsRight);
    Path catalog = Files.createDirectories(folder.resolve("config/catalog"));
    provider(catalog, "cheap", cheap, CHEAP_PRICE);
    provider(catalog, "strong", strong, STRONG_PRICE);
    Files.writeString(
        folder.resolve("config/routing.yaml"),
        FleetUnderTest.routing()
            .replace("baseline: alpha/m", "baseline: strong/m")
            .replace(
                "bulk: {candidates: [alpha/m, beta/m]",
                "bulk: {candidates: [cheap/m, strong/m], best_effort: last, validators: [{rule: \"!text.contains('"
                    + DOUBTFUL
                    + "')\", message: it looks wrong}]"));
    var environment = new HashMap<Service, Map<String, String>>();
    for (Service service : Service.values()) {
      environment.put(
          service,
          Map.of(
              "FLOTILLA_PROVIDERS_ENABLED",
              "alpha,beta,gamma,delta,cheap,strong,sim-north,sim-south,sim-east",
              "CHEAP_KEY",
              "sk-cheap",
              "STRONG_KEY",
              "sk-strong"));
    }
    fleet = FleetUnderTest.start(folder, "", environment);
  }

  @AfterAll
  static void close() {
    fleet.close();
    cheap.close();
    strong.close();
  }

  @Test
  void a_validator_keeps_the_strong_models_quality_at_two_fifths_of_its_cost() throws Exception {
    List<HttpResponse<String>> answers = askAll();
    long right = answers.stream().filter(EscalationQualityIT::isRight).count();
    long escalated = count(answers, "x-fallback-reason", "invalid_output");
    long flawed = count(answers, "x-validation", "failed");
    long strongRight = recorded.stream().filter(Recorded::strongIsRight).count();
    assertEquals(recorded.size(), cheap.requests());
    assertEquals(escalated, strong.requests());
    assertTrue(flawed > 0 && flawed < escalated, flawed + " of " + escalated);

    fleet.awaitRows("state = 'settled'", cheap.requests() + strong.requests());
    fleet.awaitRows("cost.decision", "task_type = 'bulk'", recorded.size());
    long spent = nanos("select sum(cost_nanos) from cost.attempt");
    long strongAlone = strongAlone();
    double quality = (double) right / strongRight;
    double cost = (double) spent / strongAlone;
    System.out.printf(
        "escalation on %d recorded answers: %.2f %% of the strong model's quality at %.2f %% of its cost;"
            + " %.1f %% went up, %.1f %% were given though doubtful; cheap alone %.2f %%%n",
        recorded.size(),
        100 * quality,
        100 * cost,
        100.0 * escalated / recorded.size(),
        100.0 * flawed / recorded.size(),
        100.0 * recorded.stream().filter(Recorded::cheapIsRight).count() / strongRight);
    assertTrue(quality >= 0.99, "quality " + quality);
    assertTrue(cost <= 0.40, "cost " + cost);

    assertEquals(told(answers), spent, "callers were told what the ledger has");
    assertEquals(
        escalated,
        nanos(
            """
            select count(*) from (select request_id from cost.attempt where outcome = 'ok'
              group by request_id having array_agg(model order by started_at) = '{cheap/m,strong/m}') both_were_paid"""));
    assertSavings(spent, strongAlone, escalated);
  }

  /** The report counts every cheap call in vain against us. */
  private static void assertSavings(long spent, long strongAlone, long escalated)
      throws SQLException {
    JsonNode savings = fleet.get(KEY, "/v1/costs/savings").at("/results/0");
    assertEquals(strongAlone, savings.at("/routing/baseline/nanos").asLong(), savings.toString());
    assertEquals(
        nanos(
            """
            select sum(a.cost_nanos) from cost.attempt a join cost.decision d using (team, request_id)
            where a.model = 'cheap/m' and d.model = 'strong/m'"""),
        savings.at("/overhead/escalation/nanos").asLong(),
        savings.toString());
    assertEquals(escalated, savings.path("escalations").asLong());
    assertEquals(
        spent,
        savings.at("/routing/spent/nanos").asLong() + savings.at("/overhead/total/nanos").asLong());
    assertEquals(strongAlone - spent, savings.at("/saved/nanos").asLong(), savings.toString());
  }

  private static List<HttpResponse<String>> askAll() throws Exception {
    var answers = new ArrayList<HttpResponse<String>>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      var asked = new ArrayList<Future<HttpResponse<String>>>();
      for (Recorded one : recorded) {
        asked.add(threads.submit(() -> fleet.chat(one.request())));
      }
      for (Future<HttpResponse<String>> one : asked) {
        HttpResponse<String> answer = one.get();
        assertEquals(200, answer.statusCode(), answer.body());
        answers.add(answer);
      }
    }
    return answers;
  }

  /** What the strong model would have cost for the same tokens: each request has asked cheap. */
  private static long strongAlone() {
    long nanos = 0;
    for (Bill bill : cheap.bills().values()) {
      nanos +=
          bill.promptTokens() * STRONG_INPUT_NANOS + bill.completionTokens() * STRONG_OUTPUT_NANOS;
    }
    return nanos;
  }

  private static long told(List<HttpResponse<String>> answers) {
    return answers.stream()
        .map(answer -> new BigDecimal(answer.headers().firstValue("x-cost-usd").orElse("")))
        .reduce(BigDecimal.ZERO, BigDecimal::add)
        .movePointRight(9)
        .longValueExact();
  }

  private static boolean isRight(HttpResponse<String> answer) {
    return json(answer.body()).at("/choices/0/message/content").asText().startsWith("right");
  }

  private static long count(List<HttpResponse<String>> answers, String header, String value) {
    return answers.stream()
        .filter(answer -> answer.headers().firstValue(header).orElse("").equals(value))
        .count();
  }

  private static long nanos(String query) throws SQLException {
    try (var connection = fleet.ledger();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void replay(CountingUpstream upstream, String model, Predicate<Recorded> isRight) {
    var byId = new HashMap<String, String>();
    for (Recorded one : recorded) {
      boolean right = isRight.test(one);
      long seed = SEED * 1_000_003 + (model + one.id()).hashCode();
      boolean marked = new SplittableRandom(seed).nextDouble() < (right ? FALSE_ALARMS : CAUGHT);
      byId.put(one.id(), (right ? "right" : "wrong") + (marked ? " " + DOUBTFUL : ""));
    }
    upstream.always(
        Behaviour.replays(
            request -> {
              Matcher id = ID.matcher(request);
              return id.find() ? String.valueOf(byId.get(id.group())) : "which question?";
            }));
  }

  private static void provider(Path catalog, String id, CountingUpstream upstream, String price)
      throws IOException {
    Files.writeString(
        catalog.resolve(id + ".yaml"),
        """
        provider: %s
        dialect: openai
        base_url: %s
        key_env: %s_KEY
        models:
          - {name: m, upstream: recorded, family: %s, inputs: [text], prices: [{from: 2026-01-01, source: test, %s}]}
        """
            .formatted(id, upstream.baseUrl(), id.equals("cheap") ? "CHEAP" : "STRONG", id, price));
  }

  private static List<Recorded> recorded() throws IOException {
    try (InputStream file = EscalationQualityIT.class.getResourceAsStream("recorded-mmlu.csv")) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(text.contains("\nid,characters," + CHEAP + "," + STRONG + "\n"), "columns");
      return text.lines()
          .filter(line -> line.startsWith("mmlu/"))
          .map(line -> line.split(",", -1))
          .map(
              cells ->
                  new Recorded(
                      cells[0],
                      Integer.parseInt(cells[1]),
                      cells[2].equals("1"),
                      cells[3].equals("1")))
          .toList();
    }
  }
}
