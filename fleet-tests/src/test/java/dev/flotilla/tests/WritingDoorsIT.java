package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ADMIN_KEY;
import static dev.flotilla.tests.FleetUnderTest.ALPHA_KEY;
import static dev.flotilla.tests.FleetUnderTest.JSON;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.REVIEWER_KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.CountingUpstream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever somebody adds to a request, of every door that takes one: it is refused by its name, or
 * it decides nothing. {@code -Dfuzz.cases=N} tries more; the same number is always the same case.
 */
@ExtendWith(SharedFleet.class)
class WritingDoorsIT {
  private static final long CASES = Long.getLong("fuzz.cases", 300);

  /** What a caller must never decide, with what each would like it to be. */
  private static final List<String> FIELDS =
      List.of(
          "\"base_url\": \"http://%s.example/v1\"",
          "\"api_base\": \"http://%s.example/v1\"",
          "\"api_key\": \"sk-%s\"",
          "\"api_version\": \"%s\"",
          "\"organization\": \"%s\"",
          "\"provider\": {\"only\": [\"%s\"]}",
          "\"plugins\": [{\"id\": \"%s\"}]",
          "\"custom_llm_provider\": \"%s\"",
          "\"extra_headers\": {\"authorization\": \"Bearer sk-%s\"}",
          "\"extra_body\": {\"model\": \"%s\"}",
          "\"extra_query\": {\"key\": \"%s\"}",
          "\"headers\": {\"x-flotilla-team\": \"%s\"}",
          "\"fallbacks\": [\"beta/%s\"]",
          "\"mock_response\": \"%s\"",
          "\"litellm_metadata\": {\"user_api_key_team_id\": \"%s\"}",
          "\"aws_secret_access_key\": \"%s\"",
          "\"vertex_credentials\": \"%s\"",
          "\"azure_ad_token\": \"%s\"",
          "\"team\": \"%s\"",
          "\"team_id\": \"%s\"",
          "\"tenant\": \"%s\"",
          "\"key\": \"k_%s\"",
          "\"key_id\": \"k_%s\"",
          "\"roles\": [\"admin\", \"%s\"]",
          "\"cost\": \"%s\"",
          "\"max_cost_nanos\": \"%s\"",
          "\"input_cost_per_token\": \"%s\"",
          "\"simulated\": \"%s\"",
          "\"callback_url\": \"http://%s.example/\"",
          "\"x-flotilla-team\": \"%s\"",
          "\"x-flotilla-key\": \"%s\"",
          "\"litellm_params\": {\"api_base\": \"http://%s.example/v1\"}");

  private static final List<String> HEADERS =
      List.of(
          "x-flotilla-team: %s",
          "x-flotilla-key: %s",
          "x-flotilla-roles: admin,%s",
          "x-flotilla-project: %s",
          "x-flotilla-models: %s",
          "x-flotilla-run: %s",
          "x-flotilla-pipeline: %s",
          "x-flotilla-step: %s",
          "x-flotilla-origin: %s",
          "x-flotilla-candidate: %s",
          "x-flotilla-tags: %s",
          "x-flotilla-deadline: %s",
          "x-flotilla-max-cost-nanos: %s",
          "x-flotilla-attempts: %s",
          "x-flotilla-idempotency: %s",
          "x-flotilla-tier: %s",
          "x-client-request-id: %s",
          "x-simulated: %s",
          "x-model-used: %s",
          "x-cost-usd: %s",
          "x-forwarded-for: %s",
          "x-forwarded-host: %s.example",
          "forwarded: for=%s",
          "cookie: session=%s",
          "proxy-authorization: Basic %s",
          "x-goog-api-key: %s",
          "openai-organization: %s",
          "anthropic-beta: %s",
          "x-http-method-override: %s",
          "x-original-url: /%s",
          "baggage: team=%s",
          "tracestate: team=%s",
          "user-agent: %s",
          "accept-language: %s",
          "referer: http://%s.example/",
          "origin: http://%s.example");

  /** Something else than what is wanted there. */
  private static final List<String> ODD =
      List.of(
          "null",
          "-1",
          "0",
          "1e400",
          "9223372036854775808",
          "\"\"",
          "\"../../internal\"",
          "\"a\\r\\nx-flotilla-roles: admin\"",
          "\"\\u0000\"",
          "\"' or 1=1 --\"",
          "\"*\"",
          "[]",
          "{}",
          "[[[[{}]]]]",
          "true",
          "{\"team\": \"%s\"}",
          "[\"%s\"]");

  /** All that a provider is told beside the body. */
  private static final Set<String> TO_PROVIDERS =
      Set.of(
          "accept",
          "accept-encoding",
          "authorization",
          "connection",
          "content-length",
          "content-type",
          "host",
          "transfer-encoding",
          "user-agent",
          "x-client-request-id");

  /** All that a caller is told beside the body. */
  private static final Set<String> TO_CALLERS =
      Set.of(
          "age",
          "allow",
          "cache-control",
          "connection",
          "content-disposition",
          "content-length",
          "content-type",
          "date",
          "idempotency-replayed",
          "idempotency-unavailable",
          "location",
          "preference-applied",
          "request-id",
          "retry-after",
          "retry-after-ms",
          "server-timing",
          "transfer-encoding",
          "vary",
          "www-authenticate",
          "x-accel-buffering",
          "x-cache",
          "x-content-type-options",
          "x-cost-usd",
          "x-dry-run",
          "x-estimated",
          "x-fallback-count",
          "x-fallback-reason",
          "x-model-used",
          "x-overhead-ms",
          "x-pipeline",
          "x-pipeline-id",
          "x-provider",
          "x-request-id",
          "x-retry-count",
          "x-routed-by",
          "x-saved-usd",
          "x-should-retry",
          "x-simulated",
          "x-task-confidence",
          "x-task-type",
          "x-validation");

  private final FleetUnderTest fleet;
  private final String mark = "w" + Long.toString(System.nanoTime(), 36);

  /** What would be found where somebody got their way. */
  private final String thief = mark + "thief";

  private final Map<String, Integer> answered = new TreeMap<>();
  private final List<String> wrong = new ArrayList<>();
  private int spent;
  private int lost;

  WritingDoorsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  /**
   * A request that is in order, of one door.
   *
   * @param operation as the API's description calls it
   * @param body where {@code %1$s} is written, something new comes
   * @param asks whether a model is asked, which the ledger shows under the request's id
   */
  private record Good(String operation, String path, String key, String body, boolean asks) {
    String method() {
      return operation.substring(0, operation.indexOf(' '));
    }
  }

  /**
   * What was done to it.
   *
   * @param field the name that was added to the body; empty when something else was done
   */
  private record Spoilt(String body, String field) {}

  private List<Good> good() throws Exception {
    String chat =
        "{\"model\":\"alpha/m\",\"messages\":[{\"role\":\"user\",\"content\":\"%1$s\"}],\"max_tokens\":50,\"metadata\":{\"feature\":\"f\"},\"route\":{\"cache\":\"off\"}}";
    String vectors =
        "{\"model\":\"alpha/e\",\"input\":[\"%1$s\"],\"dimensions\":4,\"route\":{\"cache\":\"off\"}}";
    String respond =
        "{\"model\":\"alpha/m\",\"input\":\"%1$s\",\"max_output_tokens\":50,\"route\":{\"cache\":\"off\"}}";
    String message =
        "{\"model\":\"alpha/m\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"%1$s\"}]}";
    String batch =
        "{\"endpoint\":\"/v1/chat/completions\",\"requests\":[{\"custom_id\":\"a\",\"body\":%s}],\"metadata\":{\"m\":\"m\"}}"
            .formatted(chat);
    String review =
        """
        {"artifact": {"type": "text", "content": "%1$s"}, "task": "Judge it.", "plan": ["is short"],
         "author_models": ["alpha/m"], "policy": "two-of-three",
         "reviewers": ["sim-north/flagship", "sim-south/flagship", "sim-east/flagship"]}""";
    String pipeline =
        "{\"apiVersion\":\"pipelines/v1\",\"name\":\"note\",\"description\":\"d\",\"input\":{\"schema\":{\"type\":\"object\"}},\"steps\":[{\"id\":\"a\",\"model\":\"alpha/m\",\"prompt\":\"%1$s\"}],\"result\":\"a\"}";
    String bill =
        "{\"provider\":\"alpha\",\"days\":[{\"day\":\"2020-01-01\",\"model\":\"alpha/m\",\"cost_nanos\":9}]}";
    String request = mark + "-first";
    assertEquals(
        200,
        fleet.chat(KEY, chat.formatted(mark + " first"), "x-request-id", request).statusCode());
    spent++;
    fleet.awaitRows("request_id = '" + request + "' and state = 'settled'", 1);
    fleet.awaitRows("cost.decision", "request_id = '" + request + "'", 1);
    String budget = "/v1/budgets/team:" + mark;
    String batchId = made(KEY, "/v1/batches", batch.formatted(mark + " batch"));
    String reviewId = made(KEY, "/v1/reviews", review.formatted(mark + " review"));
    String keyId = made(ADMIN_KEY, "/v1/keys", "{\"team\":\"%s\"}".formatted(mark));
    String run =
        made(KEY, "/v1/pipelines/note/runs?mode=async", "{\"input\":{\"text\":\"" + mark + "\"}}");
    return List.of(
        new Good("POST /v1/chat/completions", "/v1/chat/completions", KEY, chat, true),
        new Good("POST /chat/completions", "/chat/completions", KEY, chat, true),
        new Good("POST /v1/route", "/v1/route", KEY, chat, false),
        new Good("POST /v1/classify", "/v1/classify", KEY, chat, false),
        new Good("POST /v1/embeddings", "/v1/embeddings", KEY, vectors, true),
        new Good("POST /embeddings", "/embeddings", KEY, vectors, true),
        new Good("POST /v1/responses", "/v1/responses", KEY, respond, true),
        new Good("POST /responses", "/responses", KEY, respond, true),
        new Good("POST /v1/messages", "/v1/messages", KEY, message, true),
        new Good(
            "POST /v1/messages/count_tokens", "/v1/messages/count_tokens", KEY, message, false),
        new Good(
            "POST /v1/feedback",
            "/v1/feedback",
            KEY,
            "{\"request_id\":\"" + request + "\",\"score\":0.5}",
            false),
        new Good("POST /v1/costs/imports", "/v1/costs/imports", ADMIN_KEY, bill, false),
        new Good(
            "PUT /v1/budgets/{rest}",
            budget,
            ADMIN_KEY,
            "{\"limit_usd\":5,\"period\":\"month\",\"alert_at\":[0.5]}",
            false),
        new Good("POST /v1/budgets/{rest}", budget + "/rebuild", ADMIN_KEY, "{}", false),
        new Good("POST /v1/reviews", "/v1/reviews", KEY, review, false),
        new Good(
            "POST /v1/reviews/{rest}",
            "/v1/reviews/" + reviewId + "/decision",
            REVIEWER_KEY,
            "{\"decision\":\"approve\"}",
            false),
        new Good(
            "POST /v1/decisions/{rest}",
            "/v1/decisions/" + reviewId + "/decision",
            REVIEWER_KEY,
            "{\"decision\":\"approve\"}",
            false),
        new Good("POST /v1/batches", "/v1/batches", KEY, batch, false),
        new Good("POST /v1/batches/{rest}", "/v1/batches/" + batchId + "/cancel", KEY, "{}", false),
        new Good("POST /v1/pipelines:validate", "/v1/pipelines:validate", KEY, pipeline, false),
        new Good(
            "POST /v1/pipelines/{rest}",
            "/v1/pipelines/note/runs",
            KEY,
            "{\"input\":{\"text\":\"%1$s\"},\"metadata\":{\"m\":\"m\"},\"route\":{\"max_cost_usd\":1}}",
            false),
        new Good("POST /v1/runs/{rest}", "/v1/runs/" + run + "/cancel", KEY, "{}", false),
        new Good(
            "POST /v1/keys", "/v1/keys", ADMIN_KEY, "{\"team\":\"%1$s\",\"name\":\"n\"}", false),
        new Good(
            "POST /v1/keys/{rest}",
            "/v1/keys/" + keyId + "/rotate",
            ADMIN_KEY,
            "{\"overlap_seconds\":0}",
            false));
  }

  private String made(String key, String path, String body) {
    HttpResponse<String> answer = fleet.post(key, path, body);
    assertTrue(answer.statusCode() / 100 == 2, path + ": " + answer.body());
    JsonNode made = FleetUnderTest.json(answer.body());
    return made.path("id").asText();
  }

  @Test
  void what_is_added_to_a_request_is_refused_by_its_name_or_decides_nothing() throws Exception {
    List<Good> good = good();
    everyDoorIsTried(good);
    for (long number = 0; number < CASES; number++) {
      attempt(number, good.get((int) (number % good.size())));
    }
    assertEquals(List.of(), wrong);
    assertTrue(lost <= CASES / 20, lost + " requests were lost");
    for (Good door : good) {
      assertTrue(
          door.operation().endsWith("{rest}") || answered.getOrDefault(door.operation(), 0) > 0,
          "all of " + door.operation() + " were refused, so this shows little: " + answered);
    }
    fleet.awaitRows("request_id like '" + mark + "-%' and state = 'settled'", spent);
    paidByWhoAsked();
    System.out.printf("[fuzz] fields: %d cases, %d of them asked a model%n", CASES, spent);
  }

  private void everyDoorIsTried(List<Good> good) {
    var documented = new TreeSet<String>();
    JsonNode paths = fleet.get(KEY, "/openapi?format=JSON").path("paths");
    for (var path : paths.properties()) {
      for (String method : List.of("post", "put", "patch")) {
        if (path.getValue().has(method)) {
          documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    var tried = new TreeSet<String>();
    good.forEach(door -> tried.add(door.operation()));
    assertEquals(documented, tried, "a door that takes a body needs a request that is in order");
  }

  private void attempt(long number, Good door) throws IOException {
    var random = new SplittableRandom(number * 1_000_003L);
    String id = mark + "-" + number;
    var body = (ObjectNode) JSON.readTree(door.body().formatted(id));
    Spoilt spoilt = spoilt(body, random);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("x-request-id", id);
    for (int more = random.nextInt(5); more > 0; more--) {
      String[] header = any(HEADERS, random).formatted(thief).split(": ", 2);
      headers.put(header[0], header[1]);
    }
    long before = fleet.alpha.requests();
    HttpResponse<String> answer;
    try {
      answer = send(door, spoilt.body(), headers);
    } catch (IOException e) {
      // On a busy machine a connection may have been idle for too long.
      lost++;
      return;
    }
    String what =
        "case %d, %s %s %s: %d %s"
            .formatted(
                number,
                door.operation(),
                spoilt.body(),
                headers,
                answer.statusCode(),
                answer.body());
    int status = answer.statusCode();
    if (status >= 500) {
      wrong.add("the fleet failed in " + what);
    } else if (status >= 400) {
      refused(spoilt, answer, what);
    } else {
      answered.merge(door.operation(), 1, Integer::sum);
      if (door.asks()) {
        asked(door, answer, before, what);
      }
    }
    toTheCaller(answer, what);
  }

  /** A third is as it was: what is in headers is seen alone, too. */
  private Spoilt spoilt(ObjectNode body, SplittableRandom random) throws IOException {
    int how = random.nextInt(12);
    if (how < 4) {
      return new Spoilt(JSON.writeValueAsString(body), "");
    }
    if (how < 9) {
      String field = any(FIELDS, random);
      body.setAll((ObjectNode) JSON.readTree("{" + field.formatted(thief) + "}"));
      return new Spoilt(JSON.writeValueAsString(body), field.substring(1, field.indexOf("\":")));
    }
    List<ObjectNode> objects = objects(body);
    ObjectNode somewhere = any(objects, random);
    if (how < 10) {
      // Within a message or a tool it is the provider's to refuse.
      String field = any(FIELDS, random);
      somewhere.setAll((ObjectNode) JSON.readTree("{" + field.formatted(mark + "inner") + "}"));
    } else if (!somewhere.isEmpty()) {
      var names = new ArrayList<String>();
      somewhere.fieldNames().forEachRemaining(names::add);
      somewhere.set(any(names, random), JSON.readTree(any(ODD, random).formatted(mark + "inner")));
    }
    return new Spoilt(JSON.writeValueAsString(body), "");
  }

  private static List<ObjectNode> objects(JsonNode node) {
    var objects = new ArrayList<ObjectNode>();
    if (node instanceof ObjectNode object) {
      objects.add(object);
    }
    node.forEach(child -> objects.addAll(objects(child)));
    return objects;
  }

  /** In OpenAI's shape, Anthropic's, or that of a problem; and what is wrong is called by name. */
  private void refused(Spoilt spoilt, HttpResponse<String> answer, String what) {
    if (!answer.headers().firstValue("content-type").orElse("").contains("json")) {
      wrong.add("no JSON in " + what);
      return;
    }
    JsonNode said = FleetUnderTest.json(answer.body());
    boolean openAis =
        said.path("error").path("message").isTextual()
            && said.path("error").path("type").isTextual();
    boolean problem = said.path("detail").isTextual() && said.path("code").isTextual();
    if (!openAis && !problem) {
      wrong.add("no error's shape in " + what);
    }
    if (answer.statusCode() == 400 && !answer.body().contains(spoilt.field())) {
      wrong.add("'" + spoilt.field() + "' is not named in " + what);
    }
  }

  private void asked(Good door, HttpResponse<String> answer, long before, String what) {
    spent++;
    String model = answer.headers().firstValue("x-model-used").orElse("");
    if (!model.equals(door.path().endsWith("embeddings") ? "alpha/e" : "alpha/m")) {
      wrong.add("asked " + model + " in " + what);
    }
    List<CountingUpstream.Received> requests = askedSince(before);
    if (requests.isEmpty()) {
      wrong.add("nobody was asked in " + what);
    }
    requests.forEach(request -> toTheProvider(request, what));
    JsonNode cost = FleetUnderTest.json(answer.body()).path("usage").path("cost");
    if (!(cost.asDouble() > 0)) {
      wrong.add("it cost " + cost + " in " + what);
    }
  }

  /** This one, and what runs and batches asked meanwhile. */
  private List<CountingUpstream.Received> askedSince(long before) {
    List<CountingUpstream.Received> kept = fleet.alpha.received();
    int since = (int) Math.min(kept.size(), fleet.alpha.requests() - before);
    return kept.subList(kept.size() - since, kept.size());
  }

  private void toTheProvider(CountingUpstream.Received request, String what) {
    if (request.body().contains(thief)) {
      wrong.add("the provider is told " + request.body() + " in " + what);
    }
    var more = new TreeSet<>(request.headers().keySet());
    more.removeAll(TO_PROVIDERS);
    if (!more.isEmpty() || request.headers().toString().contains(thief)) {
      wrong.add("the provider is told " + request.headers() + " in " + what);
    }
    if (!("Bearer " + ALPHA_KEY).equals(request.headers().get("authorization"))) {
      wrong.add("asked with another key in " + what);
    }
  }

  private void toTheCaller(HttpResponse<String> answer, String what) {
    for (var header : answer.headers().map().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!TO_CALLERS.contains(name) && !name.startsWith("x-ratelimit-")) {
        wrong.add("the caller is told " + header + " in " + what);
      }
      if (header.getValue().toString().contains(thief)) {
        wrong.add("the caller is told " + header + " in " + what);
      }
    }
    if (!answer.headers().allValues("x-content-type-options").equals(List.of("nosniff"))) {
      wrong.add("without nosniff: " + what);
    }
    String all = answer.headers().map() + answer.body();
    Map<String, String> router = fleet.fleet.environment(Service.ROUTER);
    for (String secret :
        List.of(
            ALPHA_KEY,
            SharedFleet.BETA_KEY,
            CountingUpstream.OWN_WORDS,
            router.getOrDefault("FLOTILLA_SERVICE_TOKEN", "none"),
            router.getOrDefault("FLOTILLA_CACHE_SECRET", "none"))) {
      if (all.contains(secret)) {
        wrong.add("the caller is told " + secret + " in " + what);
      }
    }
  }

  private void paidByWhoAsked() throws Exception {
    try (Connection connection = fleet.ledger();
        var statement = connection.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery(
              "select distinct team || ' ' || key_id from cost.attempt where request_id like '"
                  + mark
                  + "-%'")) {
        assertTrue(rows.next());
        assertEquals("growth k_growth", rows.getString(1));
        assertFalse(rows.next(), "all by one");
      }
      for (String table : List.of("cost.attempt", "cost.decision", "cost.budget")) {
        try (ResultSet rows =
            statement.executeQuery(
                "select t::text from "
                    + table
                    + " t where strpos(t::text, '"
                    + thief
                    + "') > 0 limit 1")) {
          assertFalse(rows.next(), () -> table + " has somebody's words");
        }
      }
    }
  }

  private HttpResponse<String> send(Good door, String body, Map<String, String> headers)
      throws IOException {
    var request =
        HttpRequest.newBuilder(fleet.fleet.url().resolve(door.path()))
            .header("authorization", "Bearer " + door.key())
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .method(door.method(), HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try {
      return fleet.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> T any(List<T> choices, SplittableRandom random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
