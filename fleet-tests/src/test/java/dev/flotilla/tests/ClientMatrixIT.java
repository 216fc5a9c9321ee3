package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.Bill;
import dev.flotilla.testkit.CountingUpstream;
import dev.flotilla.tests.clients.Act;
import dev.flotilla.tests.clients.AnthropicJava;
import dev.flotilla.tests.clients.LangChain;
import dev.flotilla.tests.clients.NodePackages;
import dev.flotilla.tests.clients.NodeProgram;
import dev.flotilla.tests.clients.OpenAiJava;
import dev.flotilla.tests.clients.Outcome;
import dev.flotilla.tests.clients.Outcome.Trouble;
import dev.flotilla.tests.clients.Program;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every client library against every provider's dialect: a caller cannot tell which provider
 * answered. What a row expects knows the library and the scene, and nothing of the provider.
 */
@ExtendWith(SharedFleet.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientMatrixIT {
  private static final String SAID = "The Sindbad sails at noon, the Marjan at dusk.";

  /** Of calls that come in one answer; the last says nothing. */
  private static final List<String> ARGUMENTS =
      List.of("{\"city\":\"Karachi\"}", "{\"city\":\"Lahore\"}", "{}");

  private final FleetUnderTest fleet;
  private final Map<Client, Program> programs = new EnumMap<>(Client.class);

  ClientMatrixIT(FleetUnderTest fleet) {
    this.fleet = fleet;
    var door = new Program.Door(fleet.fleet.url(), KEY);
    var packages = NodePackages.installed(FleetUnderTest.TREE.resolve("fleet-tests"));
    programs.put(Client.OPENAI_JAVA, new OpenAiJava(door));
    programs.put(Client.OPENAI_NODE, new NodeProgram(packages, "openai.mjs", door));
    programs.put(Client.LANGCHAIN4J, new LangChain(door));
    programs.put(Client.ANTHROPIC_JAVA, new AnthropicJava(door));
    programs.put(Client.ANTHROPIC_NODE, new NodeProgram(packages, "anthropic.mjs", door));
  }

  @AfterAll
  void close() {
    programs.values().forEach(Program::close);
  }

  /** How an answer ended. */
  private enum Finish {
    STOP,
    LENGTH,
    FILTERED,
    TOOL_CALLS
  }

  /** What goes wrong. */
  private enum Fault {
    REJECTED,
    TOO_LONG,
    THROTTLED,
    NOBODY_LEFT,
    CUT
  }

  /** What happens. */
  private enum Scene {
    ANSWER(Act.ASK, SAID, Finish.STOP, Behaviour.says(SAID)),
    STREAM(Act.STREAM, SAID, Finish.STOP, Behaviour.says(SAID)),
    ANSWER_CUT_BY_ITS_LIMIT(Act.ASK_BRIEFLY, "word0 word1 ", Finish.LENGTH, Behaviour.ok()),
    ANSWER_STOPPED_BY_A_FILTER(
        Act.ASK, "First you", Finish.FILTERED, Behaviour.filteredAfter("First you")),
    STREAM_STOPPED_BY_A_FILTER(
        Act.STREAM,
        "First you need a boat",
        Finish.FILTERED,
        Behaviour.filteredAfter("First you need a boat")),
    TOOLS(Act.CALL_TOOLS, SAID, Finish.TOOL_CALLS, Behaviour.says(SAID), callsOfTools()),
    STREAMED_TOOLS(Act.STREAM_TOOLS, SAID, Finish.TOOL_CALLS, Behaviour.says(SAID), callsOfTools()),
    JSON_BY_A_SCHEMA(
        Act.ASK_FOR_JSON,
        "Sindbad 40",
        Finish.STOP,
        Behaviour.says("{\"name\":\"Sindbad\",\"seats\":40}")),
    PICTURE(
        Act.SHOW_PICTURE,
        CountingUpstream.picture("image/png", Base64.getDecoder().decode(Program.PICTURE)),
        Finish.STOP,
        Behaviour.looks()),
    A_CONVERSATION_WITH_TOOLS_AND_A_PICTURE(
        Act.GO_ON,
        CountingUpstream.picture("image/png", Base64.getDecoder().decode(Program.PICTURE)),
        Finish.STOP,
        Behaviour.looks()),
    BAD_REQUEST(Act.ASK, Fault.REJECTED, Behaviour.status(400)),
    TOO_LONG(Act.ASK, Fault.TOO_LONG, Behaviour.tooLong()),
    TOO_LONG_FOR_A_STREAM(Act.STREAM, Fault.TOO_LONG, Behaviour.tooLong()),
    OUR_KEY_IS_REFUSED(Act.ASK, Fault.NOBODY_LEFT, Behaviour.status(401)),
    THROTTLED(Act.ASK, Fault.THROTTLED, Behaviour.rateLimited(Duration.ofSeconds(2))),
    FAILING(Act.ASK, Fault.NOBODY_LEFT, Behaviour.status(500)),
    FAILING_BEFORE_A_STREAM(Act.STREAM, Fault.NOBODY_LEFT, Behaviour.status(503)),
    NO_JSON(Act.ASK, Fault.NOBODY_LEFT, Behaviour.badJson()),
    CUT_STREAM(Act.STREAM, Fault.CUT, Behaviour.cutAfter(2));

    final Act act;
    final String text;
    final @Nullable Finish finish;
    final @Nullable Fault fault;
    final Behaviour usually;
    final List<Behaviour> first;

    Scene(Act act, String text, Finish finish, Behaviour usually, Behaviour... first) {
      this.act = act;
      this.text = text;
      this.finish = finish;
      this.fault = null;
      this.usually = usually;
      this.first = List.of(first);
    }

    Scene(Act act, Fault fault, Behaviour behaviour) {
      this.act = act;
      this.text = "";
      this.finish = null;
      this.fault = fault;
      this.usually = behaviour;
      this.first = List.of();
    }

    boolean streams() {
      return act == Act.STREAM || act == Act.STREAM_TOOLS || act == Act.GO_ON;
    }
  }

  /** A library and its words for what happens. */
  private enum Client {
    OPENAI_JAVA,
    OPENAI_NODE,
    LANGCHAIN4J,
    ANTHROPIC_JAVA,
    ANTHROPIC_NODE;

    boolean isAnthropics() {
      return this == ANTHROPIC_JAVA || this == ANTHROPIC_NODE;
    }

    String word(Finish finish) {
      if (isAnthropics()) {
        return switch (finish) {
          case STOP -> "end_turn";
          case LENGTH -> "max_tokens";
          case FILTERED -> "refusal";
          case TOOL_CALLS -> "tool_use";
        };
      }
      return switch (finish) {
        case STOP -> this == LANGCHAIN4J ? "STOP" : "stop";
        case LENGTH -> this == LANGCHAIN4J ? "LENGTH" : "length";
        case FILTERED -> this == LANGCHAIN4J ? "CONTENT_FILTER" : "content_filter";
        case TOOL_CALLS -> this == LANGCHAIN4J ? "TOOL_EXECUTION" : "tool_calls";
      };
    }

    Trouble trouble(Fault fault) {
      return switch (fault) {
        case REJECTED ->
            new Trouble(thrown(fault), 400, "invalid_request_error", "invalid_request_error");
        case TOO_LONG ->
            new Trouble(thrown(fault), 400, "invalid_request_error", "context_length_exceeded");
        case THROTTLED ->
            new Trouble(
                thrown(fault),
                429,
                isAnthropics() ? "rate_limit_error" : "requests",
                "rate_limit_exceeded");
        case NOBODY_LEFT ->
            new Trouble(
                thrown(fault),
                503,
                isAnthropics() ? "api_error" : "upstream_error",
                "all_providers_failed");
        case CUT ->
            this == LANGCHAIN4J
                ? new Trouble(thrown(fault), 0, null, null)
                : new Trouble(
                    thrown(fault),
                    // The stream's own, which had begun well; not every library repeats it.
                    isNode() ? 0 : 200,
                    isAnthropics() ? "api_error" : "upstream_error",
                    "stream_truncated");
      };
    }

    private boolean isNode() {
      return this == OPENAI_NODE || this == ANTHROPIC_NODE;
    }

    /** Simple name of what the library throws. */
    private String thrown(Fault fault) {
      String name =
          switch (fault) {
            case REJECTED, TOO_LONG -> this == LANGCHAIN4J ? "InvalidRequest" : "BadRequest";
            case THROTTLED -> "RateLimit";
            case NOBODY_LEFT -> isAnthropics() ? "ServiceUnavailable" : "InternalServer";
            case CUT -> isNode() ? "API" : this == LANGCHAIN4J ? "Runtime" : "Sse";
          };
      return name + (isNode() ? "Error" : "Exception");
    }
  }

  static Stream<Arguments> rows() {
    return Stream.of(Client.values())
        .flatMap(
            client ->
                Stream.of(Upstream.values())
                    .flatMap(
                        upstream ->
                            Stream.of(Scene.values())
                                .map(scene -> Arguments.of(client, upstream, scene))));
  }

  @ParameterizedTest(name = "{0} is answered by {1}: {2}")
  @MethodSource("rows")
  void a_client_sees_the_same_whoever_answers(Client client, Upstream upstream, Scene scene) {
    CountingUpstream provider = upstream.in(fleet);
    provider.always(scene.usually);
    scene.first.forEach(behaviour -> provider.next(1, behaviour));
    long asked = provider.requests();

    var heard = new CountDownLatch(1);
    if (scene.fault == Fault.CUT) {
      provider.always(Behaviour.cutWhenHeard(2, heard));
    }

    Outcome seen =
        program(client).play(scene.act, upstream.model, client + ", " + scene, heard::countDown);

    assertEquals(asked + 1 + scene.first.size(), provider.requests(), seen.toString());
    if (scene.fault == null) {
      assertAnswered(client, upstream, scene, seen, billed(provider));
    } else {
      assertEquals(client.trouble(scene.fault), seen.trouble());
      assertEquals(scene.fault == Fault.CUT, seen.text().startsWith("word0 word1"), seen.text());
    }
  }

  private static void assertAnswered(
      Client client, Upstream upstream, Scene scene, Outcome seen, Bill bill) {
    assertEquals(
        new Outcome(
            scene.text,
            seen.calls(),
            client.word(scene.finish),
            seen.pieces(),
            bill.promptTokens(),
            bill.completionTokens(),
            upstream.model,
            null),
        seen);
    assertEquals(
        scene.finish == Finish.TOOL_CALLS
            ? ARGUMENTS.stream().map(arguments -> "weather " + arguments).toList()
            : List.of(),
        seen.calls().stream().map(c -> c.name() + " " + c.arguments()).toList());
    Set<String> ids = seen.calls().stream().map(Outcome.Call::id).collect(Collectors.toSet());
    assertEquals(seen.calls().size(), ids.size(), "ids must differ: " + ids);
    assertTrue(ids.stream().noneMatch(String::isBlank), "a call without an id");
    assertTrue(scene.streams() ? seen.pieces() > 1 : seen.pieces() == 1, seen.pieces() + " pieces");
  }

  private Program program(Client client) {
    Program program = programs.get(client);
    assertNotNull(program);
    return program;
  }

  /** What the newest request cost. */
  private static Bill billed(CountingUpstream provider) {
    String attempt = provider.lastRequest().headers().get("x-client-request-id");
    Bill bill = provider.bills().get(String.valueOf(attempt));
    assertNotNull(bill, "nothing was billed for " + attempt);
    return bill;
  }

  private static Behaviour callsOfTools() {
    ObjectNode message = FleetUnderTest.JSON.createObjectNode().put("content", "I look it up.");
    var calls = message.putArray("tool_calls");
    for (String arguments : ARGUMENTS) {
      ObjectNode call = calls.addObject().put("id", "call_" + calls.size()).put("type", "function");
      call.putObject("function").put("name", "weather").put("arguments", arguments);
    }
    return new Behaviour.Says(message);
  }
}
