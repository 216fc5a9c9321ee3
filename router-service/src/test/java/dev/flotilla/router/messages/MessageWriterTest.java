package dev.flotilla.router.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessageWriterTest {
  @Test
  void a_completion_becomes_a_message() throws NotJson {
    JsonNode message =
        write(
            "{'role':'assistant','content':'Looking.','tool_calls':[{'id':'call_1','type':'function','function':{'name':'weather','arguments':'{^city^:^Karachi^}'}},{'id':'call_2','type':'function','function':{'name':'time','arguments':''}}]}",
            "tool_calls",
            false);
    assertEquals(
        json(
            """
            {"id":"msg_1","type":"message","role":"assistant","model":"alpha/m",
             "content":[{"type":"text","text":"Looking."},
              {"type":"tool_use","id":"call_1","name":"weather","caller":{"type":"direct"},"input":{"city":"Karachi"}},
              {"type":"tool_use","id":"call_2","name":"time","caller":{"type":"direct"},"input":{}}],
             "stop_reason":"tool_use","stop_sequence":null,
             "usage":{"input_tokens":70,"cache_creation_input_tokens":10,"cache_read_input_tokens":20,
              "cache_creation":{"ephemeral_5m_input_tokens":6,"ephemeral_1h_input_tokens":4},
              "output_tokens":9,"output_tokens_details":{"thinking_tokens":3},"cost":0.000123},
             "route":{"cache":"miss"}}
            """),
        message);
  }

  @Test
  void reasons_to_end_are_said_in_the_other_words() throws NotJson {
    assertEquals("end_turn", stop("{'content':'x'}", "stop"));
    assertEquals("max_tokens", stop("{'content':'x'}", "length"));
    assertEquals("refusal", stop("{'content':null,'refusal':'No.'}", "content_filter"));
    assertEquals("tool_use", stop("{'tool_calls':[{'id':'a','function':{'name':'f'}}]}", "stop"));
    assertEquals(
        "No.",
        write("{'content':null,'refusal':'No.'}", "content_filter", false)
            .at("/content/0/text")
            .asText());
  }

  @Test
  void signed_thoughts_are_always_shown_and_others_to_those_who_asked() throws NotJson {
    String signed =
        "{'content':'x','reasoning_content':'a','reasoning_details':[{'type':'reasoning.text','format':'anthropic-claude-v1','index':0,'text':'a','signature':'s'},{'type':'reasoning.encrypted','format':'anthropic-claude-v1','index':1,'data':'d'},{'type':'reasoning.text','format':'other','text':'b'}]}";
    assertEquals(
        json("{\"c\":[{\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"s\"},{\"type\":\"redacted_thinking\",\"data\":\"d\"},{\"type\":\"text\",\"text\":\"x\"}]}")
            .path("c"),
        write(signed, "stop", false).path("content"));
    String unsigned = "{'content':'x','reasoning_content':'a'}";
    assertEquals(
        List.of("text"), write(unsigned, "stop", false).findValuesAsText("type").subList(1, 2));
    assertEquals("a", write(unsigned, "stop", true).at("/content/0/thinking").asText());
    assertEquals(
        "b",
        write("{'content':'x','reasoning':'b'}", "stop", true).at("/content/0/thinking").asText());
  }

  @Test
  void arguments_that_are_no_object_are_kept_as_text() throws NotJson {
    for (String arguments : List.of("[1]", "{broken", "7")) {
      ObjectNode said = Json.object();
      ObjectNode call = said.putArray("tool_calls").addObject().put("id", "a");
      call.putObject("function").put("name", "f").put("arguments", arguments);
      JsonNode input =
          MessageWriter.write(completion(said, "tool_calls"), false).at("/content/0/input");
      assertEquals(arguments, input.path("arguments").asText());
    }
  }

  private static String stop(String said, String finish) throws NotJson {
    return write(said, finish, false).path("stop_reason").asText();
  }

  private static JsonNode write(String said, String finish, boolean withThoughts) throws NotJson {
    return json(
        new String(
            Json.plainBytes(
                MessageWriter.write(
                    completion(json(said.replace('\'', '"').replace("^", "\\\"")), finish),
                    withThoughts)),
            StandardCharsets.UTF_8));
  }

  private static ObjectNode completion(ObjectNode said, String finish) {
    ObjectNode body =
        Json.object()
            .put("id", "chatcmpl-1")
            .put("object", "chat.completion")
            .put("model", "alpha/m");
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    choice.set("message", said);
    choice.put("finish_reason", finish);
    ObjectNode usage =
        body.putObject("usage").put("prompt_tokens", 100).put("completion_tokens", 9);
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", 20)
        .put("cache_write_tokens", 10)
        .put("cache_write_1h_tokens", 4);
    usage.putObject("completion_tokens_details").put("reasoning_tokens", 3);
    usage.put("cost", new BigDecimal("0.000123"));
    body.putObject("route").put("cache", "miss");
    return body;
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }
}
