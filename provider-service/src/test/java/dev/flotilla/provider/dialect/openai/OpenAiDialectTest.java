package dev.flotilla.provider.dialect.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.TestCatalog;
import dev.flotilla.provider.dialect.Access;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.DialectContract;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.transport.Transport;
import dev.flotilla.provider.transport.TransportConfig;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.FreePort;
import dev.flotilla.testkit.OpenAiSchemas;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAiDialectTest extends DialectContract {
  private static final TransportConfig CONFIG =
      new TransportConfig(Duration.ofSeconds(1), Duration.ofSeconds(5), 1 << 20, 1 << 16, true);

  @TempDir Path folder;
  private final CountingUpstream upstream = CountingUpstream.start();
  private final Transport transport = new Transport(CONFIG);
  private Model model;

  @BeforeEach
  void readCatalogue() {
    model = TestCatalog.of(folder, upstream.baseUrl()).find("up/fast").orElseThrow();
  }

  @AfterEach
  void close() {
    for (CountingUpstream.Received sent : upstream.received()) {
      assertEquals(
          List.of(),
          OpenAiSchemas.faults("CreateChatCompletionRequest", sent.body()),
          "what OpenAI itself says of " + sent.body());
    }
    transport.close();
    upstream.close();
  }

  @Override
  protected Dialect dialect() {
    return dialectAt(upstream.baseUrl(), "sk-test");
  }

  @Override
  protected @Nullable JsonNode lastSent() {
    try {
      return Json.parse(upstream.lastRequest().body());
    } catch (NotJson e) {
      throw new AssertionError(e);
    }
  }

  @Override
  protected Model modelIn(Trouble trouble) {
    switch (trouble) {
      case NONE -> upstream.always(Behaviour.ok());
      case RATE_LIMITED -> upstream.always(Behaviour.rateLimited(Duration.ofSeconds(1)));
      case SERVER_ERROR -> upstream.always(Behaviour.status(500));
      case HANGS -> upstream.always(Behaviour.hang());
      case BAD_JSON -> upstream.always(Behaviour.badJson());
      case CUT -> upstream.always(Behaviour.cutAfter(2));
    }
    return model;
  }

  @Test
  void what_the_caller_wrote_reaches_the_provider_with_only_the_model_replaced() throws Exception {
    ObjectNode body = question("hello", false);
    body.putObject("vendor_extension").put("digits", 1);
    body.set("temperature", Json.parse("0.70"));
    dialect().ask(new Question("a-1", model, body, in(PATIENCE)));
    String sent = upstream.lastRequest().body();
    assertEquals(
        Json.text(body.deepCopy().put("model", "up-fast-1")), sent, "order and digits survive");
    assertEquals("as-the-caller-named-it", body.path("model").asText(), "the caller's body stays");
    assertEquals("Bearer sk-test", upstream.lastRequest().headers().get("authorization"));
    assertEquals("a-1", upstream.lastRequest().headers().get("x-client-request-id"));
  }

  @Test
  void a_stream_always_asks_for_its_usage_even_when_the_caller_did_not() {
    ObjectNode body = question("hello", true);
    body.putObject("stream_options").put("include_usage", false).put("other", 1);
    dialect().ask(new Question("a-1", model, body, in(PATIENCE)));
    String sent = upstream.lastRequest().body();
    assertTrue(sent.contains("\"stream_options\":{\"include_usage\":true,\"other\":1}"), sent);
  }

  @Test
  void without_a_key_no_authorization_is_sent() {
    dialectAt(upstream.baseUrl(), null)
        .ask(new Question("a-1", model, question("hello", false), in(PATIENCE)));
    assertFalse(upstream.lastRequest().headers().containsKey("authorization"));
  }

  @Test
  @FaultRow(row = 1, fault = "the port is closed")
  void a_refused_connection_proves_that_nothing_was_sent() throws Exception {
    int port = FreePort.next();
    var outcome =
        dialectAt("http://127.0.0.1:" + port + "/v1", null)
            .ask(new Question("a-1", model, question("hello", false), in(PATIENCE)));
    assertInstanceOf(Failure.Unreachable.class, outcome);
  }

  @Test
  @FaultRow(row = 2, fault = "the name does not exist")
  void a_name_that_does_not_exist_proves_that_nothing_was_sent() {
    var outcome =
        dialectAt("http://no-such-host.invalid/v1", null)
            .ask(new Question("a-1", model, question("hello", false), in(PATIENCE)));
    assertInstanceOf(Failure.Unreachable.class, outcome);
  }

  @Test
  @FaultRow(row = 8, fault = "the kept connection is closed before a status line")
  void a_provider_that_hangs_up_on_a_kept_connection_is_not_asked_again_behind_our_back() {
    ask(Trouble.NONE, false, PATIENCE);
    upstream.always(Behaviour.hangUp());
    long before = upstream.requests();
    var outcome = dialect().ask(new Question("a-2", model, question("hello", false), in(PATIENCE)));
    assertInstanceOf(Failure.Lost.class, outcome);
    assertEquals(before + 1, upstream.requests(), "a second request could be a second bill");
  }

  @Test
  void statuses_mean_what_the_fault_table_says() {
    assertInstanceOf(Failure.Rejected.class, status(400));
    assertInstanceOf(Failure.Rejected.class, status(413));
    assertInstanceOf(Failure.Rejected.class, status(422));
    assertInstanceOf(Failure.Barred.class, status(401));
    assertInstanceOf(Failure.Barred.class, status(402));
    assertInstanceOf(Failure.Barred.class, status(403));
    assertInstanceOf(Failure.Barred.class, status(404));
    assertInstanceOf(Failure.Barred.class, status(302));
    assertInstanceOf(Failure.Overloaded.class, status(408));
    assertInstanceOf(Failure.Overloaded.class, status(503));
    assertInstanceOf(Failure.Overloaded.class, status(529));
    assertInstanceOf(Failure.ServerError.class, status(502));
    assertInstanceOf(Failure.ServerError.class, status(504));
  }

  @Test
  void a_retry_after_of_years_becomes_a_minute() {
    upstream.always(Behaviour.rateLimited(Duration.ofDays(4_000)));
    var outcome = dialect().ask(new Question("a-1", model, question("hello", false), in(PATIENCE)));
    assertEquals(
        Duration.ofSeconds(60), assertInstanceOf(Failure.Throttled.class, outcome).retryAfter());
  }

  private CallOutcome status(int status) {
    upstream.always(Behaviour.status(status));
    return dialect().ask(new Question("a-1", model, question("hello", false), in(PATIENCE)));
  }

  private Dialect dialectAt(String baseUrl, @Nullable String key) {
    var endpoint = new Endpoint(new Access(baseUrl, key));
    return new OpenAiDialect(transport, CONFIG, Map.of("up", endpoint));
  }
}
