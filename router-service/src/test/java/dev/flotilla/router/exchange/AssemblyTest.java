package dev.flotilla.router.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AssemblyTest {
  @Test
  void chunks_become_the_answer_they_would_have_been() throws NotJson {
    var assembly = new Assembly();
    assembly.add(chunk("{\"role\":\"assistant\",\"content\":\"Hel\"}", null));
    assembly.add(chunk("{\"content\":\"lo\"}", null));
    assembly.add(chunk("{}", "stop"));
    Completion whole = assembly.completion(Json.parse("{\"prompt_tokens\":1}"));
    assertTrue(whole.finished());
    assertEquals(
        "{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"finish_reason\":\"stop\"}",
        Json.text(whole.body().path("choices").path(0)));
    assertEquals(1, whole.body().path("usage").path("prompt_tokens").asInt());
  }

  @Test
  void pieces_of_a_signed_thought_become_one_in_the_format_they_say() throws NotJson {
    var assembly = new Assembly();
    String begin =
        "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"format\":\"f1\",\"index\":0,";
    assembly.add(chunk(begin + "\"text\":\"Hm\"}]}", null));
    assembly.add(chunk(begin + "\"text\":\", yes\"}]}", null));
    assembly.add(chunk(begin + "\"signature\":\"sig\"}]}", "stop"));
    assertEquals(
        begin.substring("{\"reasoning_details\":[".length())
            + "\"text\":\"Hm, yes\",\"signature\":\"sig\"}",
        Json.text(
            assembly
                .completion(Json.object())
                .body()
                .at("/choices/0/message/reasoning_details/0")));
  }

  @Test
  void pieces_of_parallel_tool_calls_find_their_own_call() throws NotJson {
    var assembly = new Assembly();
    assembly.add(
        chunk(
            "{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}",
            null));
    assembly.add(
        chunk(
            "{\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"[\"}}]}",
            null));
    assembly.add(
        chunk(
            "{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"]\"}},{\"index\":0,\"function\":{\"arguments\":\"}\"}}]}",
            "tool_calls"));
    JsonNode calls =
        assembly
            .completion(Json.object())
            .body()
            .path("choices")
            .path(0)
            .path("message")
            .path("tool_calls");
    assertEquals("{}", calls.path(0).path("function").path("arguments").asText());
    assertEquals("[]", calls.path(1).path("function").path("arguments").asText());
    assertEquals("g", calls.path(1).path("function").path("name").asText());
  }

  @Test
  void a_stream_without_an_end_is_not_finished() throws NotJson {
    var assembly = new Assembly();
    assembly.add(chunk("{\"content\":\"Hel\"}", null));
    assertFalse(assembly.completion(Json.object()).finished());
  }

  @Test
  void a_whole_answer_replayed_as_chunks_is_the_same_answer() throws NotJson {
    var whole =
        new Completion(
            Json.parseObject(
                """
                {"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{}}"""
                    .getBytes(StandardCharsets.UTF_8)));
    var assembly = new Assembly();
    whole.asChunks().forEach(assembly::add);
    assertEquals(Json.text(whole.body()), Json.text(assembly.completion(Json.object()).body()));
  }

  private static JsonNode chunk(String delta, String finish) throws NotJson {
    return Json.parse(
        "{\"id\":\"x\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
            + delta
            + ",\"finish_reason\":"
            + (finish == null ? "null" : "\"" + finish + "\"")
            + "}]}");
  }
}
