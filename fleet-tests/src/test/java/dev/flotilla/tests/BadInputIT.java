package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.EXPIRED_KEY;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.TREE;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.testkit.FaultRow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is wrong with a request is told at once, by the router, and costs nobody anything. */
@ExtendWith(SharedFleet.class)
class BadInputIT {
  private static final double LONGEST_MILLIS = 50;
  private static final int TRIES = 3;
  private static final String CHAT = "/v1/chat/completions";
  private static final String GOOD = ask("auto", "good");
  private static final Set<String> SHAPE =
      Set.of("message", "type", "param", "code", "source", "request_id");

  private final FleetUnderTest fleet;
  private final String run = "bad-" + UUID.randomUUID() + "-";
  private final List<String> measured = new ArrayList<>();

  BadInputIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  /**
   * One wrong request.
   *
   * @param code of the error
   * @param says a part of the message
   * @param closes whether the connection must not be used again
   * @param longestMillis the best of three tries is below it
   */
  private record Row(
      String name,
      byte[] request,
      int status,
      String code,
      String says,
      boolean closes,
      double longestMillis) {
    Row closing() {
      return new Row(name, request, status, code, says, true, longestMillis);
    }

    Row within(double millis) {
      return new Row(name, request, status, code, says, closes, millis);
    }
  }

  @TestFactory
  @FaultRow(row = 47, fault = "a body longer than the limit")
  @FaultRow(row = 48, fault = "compressed bodies and a gzip bomb")
  @FaultRow(row = 49, fault = "depth, names, digits and names twice")
  @FaultRow(row = 50, fault = "invalid UTF-8 and control characters")
  @FaultRow(row = 52, fault = "an unknown model, an unknown type, a wrong type")
  @FaultRow(
      row = 53,
      fault = "two lengths, length and chunks, folded headers, line breaks, two hosts")
  @FaultRow(row = 56, fault = "no key, a wrong, an expired one, two of them")
  Stream<DynamicTest> each_is_told_what_to_write_instead() {
    send(row("warm", body("{"), 400, "invalid_json", ""));
    return Stream.concat(
        rows().stream().map(row -> DynamicTest.dynamicTest(row.name(), () -> check(row))),
        Stream.of(
            DynamicTest.dynamicTest("none of them is in the ledger", this::nothingInTheLedger)));
  }

  private List<Row> rows() {
    var rows = new ArrayList<Row>();
    rows.addAll(bodies());
    rows.addAll(parameters());
    rows.addAll(keys());
    rows.addAll(framing());
    rows.addAll(paths());
    return rows;
  }

  private List<Row> bodies() {
    String deep = "[".repeat(10_000) + "]".repeat(10_000);
    String keys =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "\"k" + i + "\":1,")
            .collect(Collectors.joining());
    return List.of(
        row("a comma too many", body("{\"model\": \"auto\",}"), 400, "invalid_json", "one comma"),
        row("malformed JSON", body("{\"model\": \"auto\""), 400, "invalid_json", "not closed"),
        row("a bare word", body("{\"model\": auto}"), 400, "invalid_json", "quote names"),
        row("an empty body", body(""), 400, "invalid_json", "empty"),
        row("a list", body("[" + GOOD + "]"), 400, "invalid_json", "begin it with '{'"),
        row("two documents", body(GOOD + GOOD), 400, "invalid_json", "send one object"),
        row("NaN", with("\"temperature\":NaN"), 400, "invalid_json", "write a number"),
        row("Infinity", with("\"temperature\":-Infinity"), 400, "invalid_json", ""),
        row("a thousand digits", with("\"seed\":" + "1".repeat(1_000)), 400, "invalid_json", "100"),
        row(
            "the same name twice",
            with("\"model\":\"fast\""),
            400,
            "invalid_json",
            "write it once"),
        row("depth 10,000", with("\"x\":" + deep), 400, "invalid_json", "200 levels"),
        row("depth 1,000,000", with("\"x\":" + deep.repeat(100)), 400, "invalid_json", "levels"),
        row(
                "100,000 names, then an end too early",
                body("{" + keys + "\"end\":"),
                400,
                "invalid_json",
                "not closed")
            // a megabyte that has to be read to its end
            .within(500),
        row("invalid UTF-8", hex("c328"), 400, "invalid_json", "UTF-8"),
        row("an overlong form", hex("c0af"), 400, "invalid_json", "UTF-8"),
        row("half a character in UTF-8", hex("eda0bd"), 400, "invalid_json", "UTF-8"),
        row("U+0000 as it is", hex("00"), 400, "invalid_json", "escape"),
        row("form fields", typed("application/x-www-form-urlencoded"), 400, "invalid_json", ""),
        row("gzip", encoded("gzip", zip(GOOD)), 415, "unsupported_content_encoding", "as it is"),
        row(
            "a gzip bomb",
            encoded("gzip", zip("0".repeat(50_000_000))),
            415,
            "unsupported_content_encoding",
            "as it is"),
        row(
            "10 MB and one",
            with("\"x\":\"" + "x".repeat(9_999_950) + "\""),
            413,
            "request_too_large",
            "10000000"),
        row(
                "a length of 99 GB",
                head("content-length: 99999999999\r\n", ""),
                413,
                "request_too_large",
                "10000000")
            .closing());
  }

  private List<Row> parameters() {
    return List.of(
        row("an unknown model", body(ask("alpha/n", "x")), 404, "model_not_found", "alpha/m"),
        row(
            "an unknown task type",
            body(ask("auto/easy", "x")),
            400,
            "unknown_task_type",
            "auto/bulk"),
        row("no model", body("{\"messages\":[]}"), 400, "invalid_type", "auto"),
        row("a number for a model", body("{\"model\":5}"), 400, "invalid_type", "'model' must be"),
        row("no messages", body("{\"model\":\"auto\"}"), 400, "invalid_type", "'messages'"),
        row(
            "a text for messages",
            body("{\"model\":\"auto\",\"messages\":\"hi\"}"),
            400,
            "invalid_type",
            "'messages'"),
        row(
            "a number among the messages",
            body("{\"model\":\"auto\",\"messages\":[1]}"),
            400,
            "invalid_type",
            "messages[0]"),
        row("a text for stream", with("\"stream\":\"yes\""), 400, "invalid_type", "true or false"),
        row("a text for models", with("\"models\":\"m\""), 400, "invalid_type", "'models'"),
        row("a number as a tag", with("\"metadata\":{\"a\":1}"), 400, "invalid_type", "strings"));
  }

  private List<Row> keys() {
    return List.of(
        row("no key", keyed(""), 401, "invalid_api_key", "Bearer <key>"),
        row("a wrong key", keyed("authorization: Bearer sk-no\r\n"), 401, "invalid_api_key", ""),
        row(
            "an expired key",
            keyed("authorization: Bearer " + EXPIRED_KEY + "\r\n"),
            401,
            "invalid_api_key",
            "expired"),
        row(
            "a key as a password",
            keyed("authorization: Basic " + KEY + "\r\n"),
            401,
            "invalid_api_key",
            "Bearer"),
        row(
                "two keys",
                keyed(
                    "authorization: Bearer "
                        + KEY
                        + "\r\nauthorization: Bearer "
                        + OTHER_KEY
                        + "\r\n"),
                400,
                "ambiguous_request",
                "one key")
            .closing());
  }

  private List<Row> framing() {
    String chunked = "transfer-encoding: chunked\r\n";
    String second = "0\r\n\r\nGET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n";
    return List.of(
        row(
                "length and chunks",
                head(chunked + "content-length: " + second.length() + "\r\n", second),
                400,
                "ambiguous_request",
                "one of them")
            .closing(),
        row(
                "two lengths",
                head("content-length: 2\r\ncontent-length: 3\r\n", "{} "),
                400,
                "ambiguous_request",
                "once")
            .closing(),
        row(
                "a negative length",
                head("content-length: -1\r\n", ""),
                400,
                "ambiguous_request",
                "whole number")
            .closing(),
        row(
                "an odd transfer-encoding",
                head("transfer-encoding: xchunked\r\n", "0\r\n\r\n"),
                400,
                "ambiguous_request",
                "chunked")
            .closing(),
        row(
                "chunks of no length",
                head(chunked, "zz\r\nabc\r\n0\r\n\r\n"),
                400,
                "invalid_body",
                "chunk")
            .closing(),
        row(
                "chunks of a negative length",
                head(chunked, "-1\r\nabc\r\n0\r\n\r\n"),
                400,
                "invalid_body",
                "chunk")
            .closing(),
        malformed("two hosts", with("\"a\":1", "host: y\r\n")),
        malformed("no host", "POST " + CHAT + " HTTP/1.1\r\ncontent-length: 0\r\n\r\n"),
        malformed("a control character in a header", with("\"a\":1", "x-a: a\u0001b\r\n")),
        malformed("U+0000 in a header", with("\"a\":1", "x-a: a\u0000b\r\n")),
        malformed("a folded header", with("\"a\":1", "x-a: a\r\n b\r\n")),
        malformed("a line feed in a header", with("\"a\":1", "x-request-id: a\nx-evil: b\r\n")),
        malformed("a carriage return in a header", with("\"a\":1", "x-request-id: a\rb\r\n")),
        malformed("a space before the colon", with("\"a\":1", "x-a : b\r\n")),
        malformed("50 KB of a header", with("\"a\":1", "x-a: " + "a".repeat(50_000) + "\r\n")),
        malformed("a method with braces", get("/v1/models").replaceFirst("GET", "FR{B}")),
        malformed("no HTTP at all", "\u0016\u0003\u0001\u0002\u0000\r\n\r\n"),
        malformed("a broken escape in the path", get("/v1/requests/%zz")));
  }

  private List<Row> paths() {
    return List.of(
        row("an unknown path", get("/v1/nothing"), 404, "unknown_path", "/openapi"),
        row("an unknown path outside /v1", get("/nothing"), 404, "unknown_path", "/openapi"),
        row("a wrong method", get(CHAT), 405, "method_not_allowed", "POST"),
        row(
            "another wrong method",
            get("/v1/models").replaceFirst("GET", "DELETE"),
            405,
            "method_not_allowed",
            "GET"),
        row("a step up", get("/v1/requests/%2e%2e/ledger/entries"), 400, "invalid_path", "dot"),
        row("a step up by backslash", get("/v1/costs/..%5cledger"), 400, "invalid_path", "dot"),
        row("U+0000 in the path", get("/v1/requests/%00"), 400, "invalid_path", "control"),
        row("U+0000 in a query", get("/v1/costs?team=a%00b"), 400, "invalid_query", "U+0000"));
  }

  private void check(Row row) throws IOException {
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    Wire.Answer answer = send(row);
    double best = answer.millis();
    for (int tries = 1; best >= row.longestMillis() && tries < TRIES; tries++) {
      best = Math.min(best, send(row).millis());
    }
    note(row, best);
    double millis = best;
    assertAll(
        () -> assertEquals(row.status(), answer.status(), answer.toString()),
        () -> shape(row, answer),
        () -> assertEquals(row.closes(), answer.closed(), "closed"),
        // Or a client would send its next request into a connection that is being closed.
        () ->
            assertTrue(
                !row.closes() || "close".equalsIgnoreCase(answer.headers().get("connection")),
                "not announced"),
        () -> assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests(), "models asked"),
        () -> assertTrue(millis < row.longestMillis(), millis + " ms"));
  }

  private static void shape(Row row, Wire.Answer answer) {
    JsonNode error = json(answer.body()).path("error");
    var names = new ArrayList<String>();
    error.fieldNames().forEachRemaining(names::add);
    assertTrue(names.containsAll(SHAPE), answer.body());
    assertEquals(row.code(), error.path("code").asText());
    assertEquals("router", error.path("source").asText());
    assertTrue(error.path("message").asText().contains(row.says()), answer.body());
    assertEquals(answer.headers().get("x-request-id"), error.path("request_id").asText());
    assertEquals("application/json", answer.headers().get("content-type"));
  }

  private Wire.Answer send(Row row) {
    return Wire.send(fleet.fleet.url(), row.request(), row.closes());
  }

  /** Rows of one caller arrive in order, so a good request's row is the last to come. */
  private void nothingInTheLedger() throws Exception {
    HttpResponse<String> good =
        fleet.chat(
            KEY, ask("auto", run), "x-request-id", run + "good", "cache-control", "no-store");
    assertEquals(200, good.statusCode(), good.body());
    fleet.awaitRows("request_id = '" + run + "good'", 1);
    try (var connection = fleet.ledger();
        var query =
            connection.prepareStatement(
                "select count(*) from cost.attempt where starts_with(request_id, ?) and request_id <> ?")) {
      query.setString(1, run);
      query.setString(2, run + "good");
      try (var rows = query.executeQuery()) {
        rows.next();
        assertEquals(0, rows.getLong(1));
      }
    }
  }

  @Test
  @FaultRow(row = 50, fault = "half a character, U+0000 escaped, turned text, an emoji")
  void what_is_only_unusual_goes_on_as_it_came() {
    String odd = "half \\ud83d, nothing \\u0000, turned \u202e, a whole \uD83D\uDE80";
    String body =
        ask("auto", odd).replaceFirst("\\{", "{\"unheard_of\":[1e400,2.50,{\"a\":null}],");
    HttpResponse<String> answer = fleet.chat(body);
    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode arrived = json(fleet.alpha.lastRequest().body());
    assertEquals(json(body).at("/messages/0/content"), arrived.at("/messages/0/content"));
    assertTrue(
        fleet.alpha.lastRequest().body().contains("[1E+400,2.50,{\"a\":null}]"),
        fleet.alpha.lastRequest().body());
  }

  @Test
  @FaultRow(row = 47, fault = "a prompt just under the limit")
  void a_body_just_under_the_limit_is_answered_even_without_a_space_in_it() {
    HttpResponse<String> answer = fleet.chat(ask("auto", "x".repeat(9_900_000)));
    assertEquals(200, answer.statusCode(), answer.body());
  }

  @Test
  @FaultRow(row = 53, fault = "line breaks and marks in x-request-id")
  void a_request_id_that_could_break_a_log_or_a_header_is_not_taken() {
    for (String id : List.of("a b", "a%0d%0ax-evil: 1", "\u00e9", "x".repeat(129), "<script>")) {
      String request = keyed("authorization: Bearer " + KEY + "\r\nx-request-id: " + id + "\r\n");
      Wire.Answer answer = Wire.send(fleet.fleet.url(), bytes(request), false);
      assertEquals(200, answer.status(), answer.body());
      assertTrue(answer.headers().get("x-request-id").startsWith("req_"), answer.toString());
      assertFalse(answer.headers().containsKey("x-evil"));
    }
  }

  @Test
  void a_refused_request_leaves_the_connection_usable() {
    assertEquals(400, fleet.chat("{").statusCode());
    assertEquals(413, fleet.chat(ask("auto", "x".repeat(10_000_001))).statusCode());
    assertEquals(200, fleet.chat(GOOD).statusCode());
  }

  private Row row(String name, String request, int status, String code, String says) {
    return new Row(name, bytes(request), status, code, says, false, LONGEST_MILLIS);
  }

  /** Refused by the server below us, in our words. */
  private Row malformed(String name, String request) {
    return new Row(
        name, bytes(request), 400, "malformed_request", "HTTP/1.1", true, LONGEST_MILLIS);
  }

  private static byte[] bytes(String request) {
    return request.getBytes(ISO_8859_1);
  }

  private String body(String body) {
    return with(body, "", KEY);
  }

  private String with(String member) {
    return with(member, "");
  }

  private String with(String member, String headers) {
    return with(GOOD.replaceFirst("\\{", "{" + member.replace("\\", "\\\\") + ","), headers, KEY);
  }

  private String with(String body, String headers, String key) {
    return head("content-length: " + bytes(body).length + "\r\n" + headers, body, "Bearer " + key);
  }

  private String keyed(String headers) {
    return "POST "
        + CHAT
        + " HTTP/1.1\r\nhost: x\r\n"
        + headers
        + "content-length: "
        + bytes(GOOD).length
        + "\r\n\r\n"
        + GOOD;
  }

  private String hex(String hex) {
    String raw = new String(HexFormat.of().parseHex(hex), ISO_8859_1);
    return body(ask("auto", raw));
  }

  private String typed(String type) {
    String form = "model=auto&messages=hello";
    return with(form, "", KEY).replace("application/json", type);
  }

  private String encoded(String encoding, byte[] body) {
    return with(new String(body, ISO_8859_1), "content-encoding: " + encoding + "\r\n", KEY);
  }

  private String head(String headers, String body) {
    return head(headers, body, "Bearer " + KEY);
  }

  private String head(String headers, String body, String authorization) {
    String id = headers.contains("x-request-id") ? "" : "x-request-id: " + run + "x\r\n";
    return "POST "
        + CHAT
        + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: "
        + authorization
        + "\r\n"
        + id
        + headers
        + "\r\n"
        + body;
  }

  private String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + KEY + "\r\n\r\n";
  }

  private static byte[] zip(String text) {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** The measured table, for whoever wants to see more than green. */
  private void note(Row row, double millis) throws IOException {
    measured.add("%-32s %3d %7.1f ms".formatted(row.name(), row.status(), millis));
    Files.write(TREE.resolve("fleet-tests/target/bad-input.txt"), measured);
  }
}
