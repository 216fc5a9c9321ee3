package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ADMIN_KEY;
import static dev.flotilla.tests.FleetUnderTest.ALPHA_KEY;
import static dev.flotilla.tests.FleetUnderTest.JSON;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.testkit.CountingUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a caller writes into a request decides nothing that is not the caller's to decide. */
@ExtendWith(SharedFleet.class)
class HostileFieldsIT {
  private static final int REQUESTS = 60;

  /** Where somebody might hope to be taken for somebody else; what is refused is elsewhere. */
  private static final List<String> FIELDS =
      List.of(
          "\"user\": \"other\"",
          "\"safety_identifier\": \"other\"",
          "\"prompt_cache_key\": \"other\"",
          "\"metadata\": {\"team\": \"other\", \"key\": \"k_other\", \"project\": \"other\"}",
          "\"metadata\": {\"api_base\": \"%s\", \"api_key\": \"sk-hostile\"}",
          "\"usage\": {\"prompt_tokens\": 0, \"completion_tokens\": 0, \"cost\": 0}",
          "\"webhook\": \"%s\"",
          "\"unheard_of\": {\"url\": \"%s\"}");

  private static final List<String> HEADERS =
      List.of(
          "x-flotilla-team: other",
          "x-flotilla-key: k_other",
          "x-flotilla-roles: admin",
          "x-flotilla-project: other",
          "x-flotilla-models: *",
          "x-flotilla-max-cost-nanos: 0",
          "x-flotilla-tier: cheapest",
          "x-flotilla-run: run_other",
          "x-flotilla-origin: review",
          "x-flotilla-idempotency: somebodys",
          "x-forwarded-for: 10.0.0.1",
          "x-forwarded-host: hostile.example",
          "forwarded: for=10.0.0.1",
          "x-real-ip: 10.0.0.1",
          "cookie: session=hostile",
          "proxy-authorization: Basic aG9zdGlsZQ==",
          "x-goog-api-key: sk-hostile",
          "openai-organization: other",
          "x-http-method-override: DELETE",
          "x-original-url: /v1/keys",
          "baggage: team=other",
          "x-evil: hostile");

  private static final List<String> QUERIES =
      List.of(
          "?team=%00",
          "?after=%00",
          "?key=%00&action=%00&status=%00&queue=%00",
          "?team=%ff%fe&group_by=%ff",
          "?team='%20or%201=1%20--&after='",
          "?limit=99999999999999999999",
          "?limit=-1&after=x",
          "?from=0000-00-00&to=9999-99-99",
          "?from=%2B999999999-12-31&to=-999999999-01-01",
          "?start_time=99999999999999999&bucket_width=1d",
          "?group_by=team,team,tag:%0a&bucket=0d",
          "?format=../../etc/passwd");

  private final FleetUnderTest fleet;
  private final String mark = "hostile" + UUID.randomUUID().toString().substring(0, 8);
  private final Random random = new Random(20_261_122);

  HostileFieldsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void who_pays_and_who_is_asked_is_not_the_callers_to_write() throws Exception {
    var fetched = new AtomicInteger();
    HttpServer trap = trap(fetched);
    try {
      String address = "http://127.0.0.1:" + trap.getAddress().getPort() + "/v1";
      int answered = 0;
      for (int i = 0; i < REQUESTS; i++) {
        if (ask(i, address)) {
          answered++;
        }
      }
      assertTrue(answered > REQUESTS / 4, "most were refused, so this shows little: " + answered);
      fleet.awaitRows("request_id like '" + mark + "-%' and state = 'settled'", answered);
      paidByWhoAsked();
      assertEquals(0, fetched.get(), "somebody asked where a request pointed to");
    } finally {
      trap.stop(0);
    }
  }

  /** True when it was answered. */
  private boolean ask(int i, String address) throws IOException {
    var body = (ObjectNode) JSON.readTree(FleetUnderTest.ask("alpha/m", mark + " " + i));
    for (String field : some(FIELDS, i)) {
      body.setAll((ObjectNode) JSON.readTree("{" + field.replace("%s", address) + "}"));
    }
    var headers = new ArrayList<String>(List.of("x-request-id", mark + "-" + i));
    for (String header : some(HEADERS, i)) {
      headers.addAll(List.of(header.split(": ", 2)));
    }
    long before = fleet.alpha.requests();
    HttpResponse<String> answer =
        fleet.chat(KEY, JSON.writeValueAsString(body), headers.toArray(String[]::new));
    assertFalse(answer.body().contains("sk-hostile"), answer.body());
    if (answer.statusCode() != 200) {
      assertEquals(400, answer.statusCode(), answer.body());
      return false;
    }
    assertEquals("alpha/m", answer.headers().firstValue("x-model-used").orElse(""));
    assertEquals(before + 1, fleet.alpha.requests());
    assertNotEquals(0.0, JSON.readTree(answer.body()).path("usage").path("cost").asDouble());
    CountingUpstream.Received asked = fleet.alpha.lastRequest();
    assertEquals("Bearer " + ALPHA_KEY, asked.headers().get("authorization"));
    for (var header : asked.headers().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      assertFalse(name.startsWith("x-flotilla") || name.startsWith("x-forwarded"), name);
      assertFalse(
          Set.of("cookie", "forwarded", "proxy-authorization", "baggage", "x-evil", "x-real-ip")
              .contains(name),
          name);
      assertFalse(header.getValue().contains("hostile.example"), name);
    }
    return true;
  }

  private void paidByWhoAsked() throws Exception {
    try (Connection connection = fleet.ledger();
        ResultSet rows =
            connection
                .createStatement()
                .executeQuery(
                    "select distinct team, key_id, provider, origin from cost.attempt where request_id like '"
                        + mark
                        + "-%'")) {
      assertTrue(rows.next());
      assertEquals("growth", rows.getString(1));
      assertEquals("k_growth", rows.getString(2));
      assertEquals("alpha", rows.getString(3));
      assertNotEquals("review", rows.getString(4));
      assertFalse(rows.next(), "all by one");
    }
  }

  /** One alone at first, so that each is tried; then some together. */
  private List<String> some(List<String> all, int i) {
    if (i < all.size()) {
      return List.of(all.get(i));
    }
    var shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, random.nextInt(1, 6));
  }

  /** Pictures are the provider's to fetch: we pass addresses on and never follow them. */
  @Test
  void an_address_of_a_picture_is_passed_on_and_never_followed() throws Exception {
    var fetched = new AtomicInteger();
    HttpServer trap = trap(fetched);
    try {
      int port = trap.getAddress().getPort();
      for (String host :
          List.of(
              "127.0.0.1",
              "localhost",
              "[::1]",
              "127.1",
              "2130706433",
              "0x7f.1",
              "0.0.0.0",
              "[::ffff:127.0.0.1]")) {
        String url = "http://" + host + ":" + port + "/picture.png";
        String body =
            "{\"model\":\"alpha/m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"%s %s\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"%s\"}}]}]}"
                .formatted(mark, host, url);
        HttpResponse<String> answer = fleet.chat(KEY, body);
        if (answer.statusCode() == 200) {
          assertTrue(fleet.alpha.lastRequest().body().contains(url), host);
        } else {
          assertEquals(400, answer.statusCode(), answer.body());
        }
      }
      assertEquals(0, fetched.get());
    } finally {
      trap.stop(0);
    }
  }

  @Test
  void an_address_is_no_name_of_a_webhook() throws Exception {
    for (String address :
        List.of(
            "http://127.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
            "https://hooks.example.com/",
            "//127.0.0.1",
            "file:///etc/passwd",
            "gopher://127.0.0.1:6379/_FLUSHALL",
            "127.0.0.1",
            "[::1]")) {
      String batch =
          "{\"endpoint\":\"/v1/chat/completions\",\"webhook\":\"%s\",\"requests\":[{\"custom_id\":\"a\",\"body\":%s}]}"
              .formatted(address, FleetUnderTest.ask("alpha/m", mark));
      HttpResponse<String> answer = fleet.post(KEY, "/v1/batches", batch);
      assertEquals(400, answer.statusCode(), address + ": " + answer.body());
    }
  }

  @Test
  void no_value_in_a_query_makes_the_fleet_fail() throws Exception {
    var failed = new ArrayList<String>();
    int asked = 0;
    for (var path : fleet.get(KEY, "/openapi?format=JSON").path("paths").properties()) {
      if (path.getValue().has("get")) {
        for (String query : QUERIES) {
          String asks = path.getKey().replaceAll("\\{[a-z]+}", "summary") + query;
          HttpResponse<String> answer = fleet.look(ADMIN_KEY, asks);
          String type = answer.headers().firstValue("content-type").orElse("");
          if (answer.statusCode() >= 500
              || (answer.statusCode() >= 400 && !type.contains("json"))) {
            failed.add(asks + ": " + answer.statusCode() + " " + answer.body());
          }
          asked++;
        }
      }
    }
    assertEquals(List.of(), failed);
    assertTrue(asked > 300, "only " + asked);
  }

  /** Whatever somebody writes, a line of a log stays one, and a header of an answer too. */
  @Test
  void nobody_writes_lines_into_our_logs_or_headers_into_our_answers() throws Exception {
    String line =
        mark + "\\n{\\\"level\\\":\\\"SEVERE\\\",\\\"message\\\":\\\"forged\\\"}\\r\\nx-forged: 1";
    for (String body :
        List.of(
            FleetUnderTest.ask(line, "model"),
            "{\"model\":\"auto\",\"" + line + "\":1,\"messages\":[]}",
            FleetUnderTest.ask("alpha/m", "user").replace("}]}", "}],\"user\":\"" + line + "\"}"),
            FleetUnderTest.ask("alpha/m", "tags")
                .replace("}]}", "}],\"metadata\":{\"feature\":\"" + line + "\"}}"))) {
      HttpResponse<String> answer = fleet.post(KEY, "/v1/chat/completions", body);
      assertNull(answer.headers().map().get("x-forged"), answer.headers().map().toString());
    }
    fleet.post(ADMIN_KEY, "/v1/keys", "{\"team\":\"" + line + "\"}");
    for (String value : List.of("a\u0085b", "a\tx", "%0d%0ax-forged:%201", "a\u001b[31mred")) {
      Wire.Answer answer =
          Wire.send(
              fleet.fleet.url(),
              ("GET /v1/models?x=%0a%0d HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer "
                      + KEY
                      + "\r\nx-request-id: "
                      + mark
                      + value
                      + "\r\nx-task-type: "
                      + value
                      + "\r\n\r\n")
                  .getBytes(UTF_8),
              false);
      assertFalse(answer.headers().containsKey("x-forged"), value);
      assertFalse(answer.headers().getOrDefault("x-request-id", "").contains(mark), value);
    }
    int lines = 0;
    try (Stream<Path> logs = Files.list(fleet.fleet.stateDirectory().resolve("logs"))) {
      for (Path log : logs.filter(name -> name.toString().endsWith(".log")).toList()) {
        for (String written : Files.readString(log).split("\n")) {
          assertFalse(written.startsWith("{\"level\":\"SEVERE\""), written);
          assertFalse(written.startsWith("x-forged"), written);
          assertTrue(written.chars().noneMatch(c -> c < ' ' && c != '\t'), written);
          lines++;
        }
      }
    }
    assertTrue(lines > 0);
  }

  private static HttpServer trap(AtomicInteger fetched) throws IOException {
    HttpServer trap =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    trap.createContext(
        "/",
        exchange -> {
          fetched.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    trap.start();
    return trap;
  }
}
