package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.CountingUpstream.Received;
import dev.flotilla.testkit.OpenAiSchemas;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * OpenAI's own description judges what our doors answer, and what is sent upstream for it. Fields
 * of ours are more than it asks for; what it asks for must be there, and of its type.
 */
@ExtendWith(SharedFleet.class)
class OpenAiShapesIT {
  private final FleetUnderTest fleet;

  OpenAiShapesIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "alpha/m", "sim-north/fast"})
  void chat_whole_fresh_and_kept_and_as_chunks(String model) {
    String question = "OpenAI judges chat of " + model;
    assertRight("CreateChatCompletionResponse", ok(fleet.chat(ask(model, question))));
    assertRight("CreateChatCompletionResponse", ok(fleet.chat(ask(model, question))));
    assertChunks(ok(fleet.chat(askStreaming(model, question))));
    assertChunks(ok(fleet.chat(askStreaming(model, question + ", streamed"))));
    assertSentRight();
  }

  @Test
  void calls_of_functions() {
    ObjectNode message = FleetUnderTest.JSON.createObjectNode();
    ObjectNode call =
        message.putArray("tool_calls").addObject().put("id", "c").put("type", "function");
    call.putObject("function").put("name", "f").put("arguments", "{\"city\":\"Karachi\"}");
    fleet.alpha.always(new Behaviour.Says(message));
    String tools =
        ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}}]}";
    for (String how : List.of("whole", "again")) {
      String body = ask("auto", "OpenAI judges calls, " + how).replaceFirst("}$", tools);
      assertRight("CreateChatCompletionResponse", ok(fleet.chat(body)));
    }
    assertChunks(
        ok(
            fleet.chat(
                askStreaming("auto", "OpenAI judges streamed calls").replaceFirst("}$", tools))));
    String input =
        "{\"model\":\"auto\",\"input\":\"OpenAI judges called responses\",\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]";
    assertRight("Response", ok(fleet.post(KEY, "/v1/responses", input + "}")));
    assertEvents(ok(fleet.post(KEY, "/v1/responses", input + ",\"user\":\"u\",\"stream\":true}")));
    assertSentRight();
  }

  @Test
  void vectors() {
    for (String model : List.of("alpha/e", "sim-north/embedding")) {
      for (String input : List.of("\"OpenAI judges\"", "[\"OpenAI\",\"judges\"]", "[1,2,3]")) {
        String body = "{\"model\":\"" + model + "\",\"input\":" + input + "}";
        assertRight("CreateEmbeddingResponse", ok(fleet.post(KEY, "/v1/embeddings", body)));
      }
    }
    assertSentRight();
  }

  @Test
  void responses_whole_and_as_events_also_those_that_break() {
    String body =
        "{\"model\":\"auto\",\"instructions\":\"Be brief.\",\"input\":\"OpenAI judges %s\",\"metadata\":{\"a\":\"b\"}%s}";
    assertRight("Response", ok(fleet.post(KEY, "/v1/responses", body.formatted("it", ""))));
    assertRight(
        "Response",
        ok(fleet.post(KEY, "/v1/responses", body.formatted("less", ",\"max_output_tokens\":2"))));
    String streamed = ",\"stream\":true";
    String events = ok(fleet.post(KEY, "/v1/responses", body.formatted("events", streamed)));
    assertEvents(events);
    assertTrue(events.contains("event: response.completed\n"), events);
    fleet.alpha.always(Behaviour.cutAfter(2));
    String broken = ok(fleet.post(KEY, "/v1/responses", body.formatted("a break", streamed)));
    assertEvents(broken);
    assertTrue(broken.contains("event: response.failed\n"), broken);
    assertTrue(!broken.contains("response.completed"), broken);
    assertSentRight();
  }

  private void assertSentRight() {
    var sent = new ArrayList<Received>(fleet.alpha.received());
    sent.addAll(fleet.beta.received());
    assertTrue(!sent.isEmpty());
    for (Received request : sent) {
      String schema =
          request.path().endsWith("/embeddings")
              ? "CreateEmbeddingRequest"
              : "CreateChatCompletionRequest";
      // Other tests let unknown parameters through, and embeddings forbid them.
      if (request.body().contains("OpenAI")) {
        assertRight(schema, request.body());
      }
    }
  }

  private static void assertChunks(String stream) {
    List<JsonNode> chunks = data(stream);
    assertTrue(chunks.size() > 2, stream);
    chunks.forEach(chunk -> assertRight("CreateChatCompletionStreamResponse", chunk.toString()));
  }

  private static void assertEvents(String stream) {
    List<JsonNode> events = data(stream);
    assertTrue(events.size() > 4, stream);
    for (int i = 0; i < events.size(); i++) {
      assertEquals(i, events.get(i).path("sequence_number").asInt(-1), stream);
      assertRight("ResponseStreamEvent", events.get(i).toString());
    }
  }

  private static void assertRight(String schema, String document) {
    assertEquals(List.of(), OpenAiSchemas.faults(schema, document), document);
  }

  private static List<JsonNode> data(String stream) {
    return stream
        .lines()
        .filter(line -> line.startsWith("data: {"))
        .map(line -> json(line.substring(6)))
        .toList();
  }

  private static String ok(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }
}
