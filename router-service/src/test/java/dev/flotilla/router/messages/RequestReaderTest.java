package dev.flotilla.router.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Messages request becomes: each file beside the one it is translated to. */
class RequestReaderTest {
  private static final Path FILES = Path.of("src/test/resources/messages");

  @ParameterizedTest
  @ValueSource(strings = {"plain", "tools", "thoughts", "attachments", "agent"})
  void a_request_becomes_the_chat_request_beside_it(String name)
      throws IOException, NotJson, Untranslatable {
    ObjectNode asked = Json.parseObject(Files.readAllBytes(FILES.resolve(name + ".messages.json")));
    String chat = RequestReader.read(asked, true).toPrettyString() + "\n";
    Path golden = FILES.resolve(name + ".chat.json");
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(golden, chat);
    }
    assertEquals(Files.readString(golden), chat);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max_tokens                 | {}",
        "max_tokens                 | {'max_tokens':0}",
        "messages                   | {'max_tokens':1,'messages':[]}",
        "messages[0].role           | {'max_tokens':1,'messages':[{'role':'tool','content':'x'}]}",
        "messages[0].content        | {'max_tokens':1,'messages':[{'role':'user','content':''}]}",
        "messages[0].content        | {'max_tokens':1,'messages':[{'role':'user','content':7}]}",
        "messages[0].name           | {'max_tokens':1,'messages':[{'role':'user','content':'x','name':'n'}]}",
        "messages[1]                | {'max_tokens':1,'messages':[{'role':'user','content':'x'},{'role':'assistant','content':'{'}]}",
        "messages[0].content[0].type| {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'container_upload','file_id':'f'}]}]}",
        "messages[0].content[0].source.type | {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'image','source':{'type':'file','file_id':'f'}}]}]}",
        "messages[0].content[0].citations   | {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'document','source':{},'citations':{'enabled':true}}]}]}",
        "messages[0].content[0].tool_use_id | {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'tool_result','content':'x'}]}]}",
        "system[0].type             | {'max_tokens':1,'system':[{'type':'image'}],'messages':[{'role':'user','content':'x'}]}",
        "tools[0].type              | {'max_tokens':1,'tools':[{'type':'web_search_20250305','name':'web_search'}],'messages':[{'role':'user','content':'x'}]}",
        "tools[0]                   | {'max_tokens':1,'tools':[{'name':'f'}],'messages':[{'role':'user','content':'x'}]}",
        "tools[0].defer_loading     | {'max_tokens':1,'tools':[{'name':'f','input_schema':{},'defer_loading':true}],'messages':[{'role':'user','content':'x'}]}",
        "tool_choice.type           | {'max_tokens':1,'tool_choice':{'type':'some'},'messages':[{'role':'user','content':'x'}]}",
        "thinking.type              | {'max_tokens':1,'thinking':{'type':'hard'},'messages':[{'role':'user','content':'x'}]}",
        "thinking.budget_tokens     | {'max_tokens':1,'thinking':{'type':'enabled'},'messages':[{'role':'user','content':'x'}]}",
        "metadata.tags              | {'max_tokens':1,'metadata':{'tags':'x'},'messages':[{'role':'user','content':'x'}]}",
        "metadata.project           | {'max_tokens':1,'metadata':{'project':7},'messages':[{'role':'user','content':'x'}]}",
        "mcp_servers                | {'max_tokens':1,'mcp_servers':[{'url':'x'}],'messages':[{'role':'user','content':'x'}]}",
        "context_management.edits   | {'max_tokens':1,'context_management':{'edits':[{'type':'clear_tool_uses_20250919'}]},'messages':[{'role':'user','content':'x'}]}",
        "service_tier               | {'max_tokens':1,'service_tier':'flex','messages':[{'role':'user','content':'x'}]}",
        "output_config.format       | {'max_tokens':1,'output_config':{'format':{'type':'text'}},'messages':[{'role':'user','content':'x'}]}",
        "stop_sequences             | {'max_tokens':1,'stop_sequences':'x','messages':[{'role':'user','content':'x'}]}",
        "seed                       | {'max_tokens':1,'seed':7,'messages':[{'role':'user','content':'x'}]}",
      })
  void what_cannot_be_expressed_is_named(String place, String body) throws NotJson {
    ObjectNode asked = json(body.replace('\'', '"'));
    if (!asked.has("messages")) {
      asked.putArray("messages").addObject().put("role", "user").put("content", "x");
    }
    var refused = assertThrows(Untranslatable.class, () -> RequestReader.read(asked, true));
    assertEquals(place, refused.error().param());
    assertTrue(refused.error().message().contains("'" + place + "'"), refused.error().message());
    assertEquals(400, refused.error().status());
  }

  @Test
  void a_budget_comes_to_an_effort_and_an_effort_that_is_said_wins() throws Exception {
    assertEquals("low", effort("{\"type\":\"enabled\",\"budget_tokens\":1024}", "{}"));
    assertEquals("medium", effort("{\"type\":\"enabled\",\"budget_tokens\":4096}", "{}"));
    assertEquals("high", effort("{\"type\":\"enabled\",\"budget_tokens\":31999}", "{}"));
    assertEquals("high", effort("{\"type\":\"adaptive\"}", "{}"));
    assertEquals("", effort("{\"type\":\"disabled\"}", "{}"));
    assertEquals("low", effort("{\"type\":\"adaptive\"}", "{\"effort\":\"low\"}"));
    assertEquals("xhigh", effort("{\"type\":\"adaptive\"}", "{\"effort\":\"max\"}"));
  }

  private static String effort(String thinking, String config) throws Exception {
    ObjectNode body =
        json("{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    body.set("thinking", json(thinking));
    body.set("output_config", json(config));
    return RequestReader.read(body, true).path("reasoning_effort").asText();
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }
}
