package dev.flotilla.router.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.testkit.OpenAiSchemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request for a response becomes: each file beside the one it is translated to. */
class RequestReaderTest {
  private static final Path FILES = Path.of("src/test/resources/responses");

  @ParameterizedTest
  @ValueSource(strings = {"plain", "tools", "attachments", "thoughts"})
  void a_request_becomes_the_chat_request_beside_it(String name)
      throws IOException, NotJson, NotHere {
    byte[] written = Files.readAllBytes(FILES.resolve(name + ".responses.json"));
    ObjectNode asked = Json.parseObject(written);
    assertEquals(List.of(), OpenAiSchemas.faults("CreateResponse", asked));
    ObjectNode said = RequestReader.read(asked);
    assertEquals(List.of(), OpenAiSchemas.faults("CreateChatCompletionRequest", said));
    assertEquals(Json.parseObject(written), asked, "the caller's request is repeated to him");
    String chat = said.toPrettyString() + "\n";
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
        "invalid_type          | input                      | {'input':null}",
        "invalid_type          | input                      | {'input':[]}",
        "invalid_type          | input                      | {'input':7}",
        "invalid_type          | instructions               | {'instructions':['x']}",
        "invalid_type          | input[0].role              | {'input':[{'role':'tool','content':'x'}]}",
        "invalid_type          | input[0].content           | {'input':[{'role':'user','content':[]}]}",
        "unsupported_parameter | input[0].name              | {'input':[{'role':'user','content':'x','name':'n'}]}",
        "unsupported_parameter | input[0].type              | {'input':[{'type':'item_reference','id':'msg_1'}]}",
        "unsupported_parameter | input[0].type              | {'input':[{'type':'web_search_call','id':'ws_1'}]}",
        "unsupported_parameter | input[0].content[0].type   | {'input':[{'role':'user','content':[{'type':'input_audio'}]}]}",
        "unsupported_parameter | input[0].content[0].type   | {'input':[{'role':'system','content':[{'type':'input_image','image_url':'data:x'}]}]}",
        "unsupported_parameter | input[0].content[0].file_id| {'input':[{'role':'user','content':[{'type':'input_file','file_id':'f'}]}]}",
        "unsupported_parameter | input[0].content[0].file_url| {'input':[{'role':'user','content':[{'type':'input_file','file_url':'https://x'}]}]}",
        "unsupported_parameter | input[0].content[0].file_id| {'input':[{'role':'user','content':[{'type':'input_image','file_id':'f'}]}]}",
        "invalid_type          | input[0].call_id           | {'input':[{'type':'function_call','name':'f','arguments':'{}'}]}",
        "invalid_type          | input[0].arguments         | {'input':[{'type':'function_call','call_id':'c','name':'f','arguments':{}}]}",
        "unsupported_parameter | input[0].output[0].type    | {'input':[{'type':'function_call_output','call_id':'c','output':[{'type':'input_image','image_url':'x'}]}]}",
        "unsupported_parameter | input[0].encrypted_content | {'input':[{'type':'reasoning','id':'r','summary':[],'encrypted_content':'abc'}]}",
        "unsupported_parameter | previous_response_id       | {'previous_response_id':'resp_1'}",
        "unsupported_parameter | store                      | {'store':true}",
        "invalid_type          | store                      | {'store':'no'}",
        "unsupported_parameter | background                 | {'background':true}",
        "unsupported_parameter | conversation               | {'conversation':'conv_1'}",
        "unsupported_parameter | prompt                     | {'prompt':{'id':'p'}}",
        "unsupported_parameter | tools[0].type              | {'tools':[{'type':'web_search'}]}",
        "unsupported_parameter | tools[1].type              | {'tools':[{'type':'function','name':'f'},{'type':'custom','name':'g'}]}",
        "invalid_type          | tools[0].name              | {'tools':[{'type':'function'}]}",
        "invalid_type          | tool_choice                | {'tool_choice':'required'}",
        "invalid_type          | tool_choice                | {'tools':[{'type':'function','name':'f'}],'tool_choice':'any'}",
        "unsupported_parameter | tool_choice                | {'tools':[{'type':'function','name':'f'}],'tool_choice':{'type':'allowed_tools'}}",
        "invalid_type          | text.format.type           | {'text':{'format':{'type':'grammar'}}}",
        "invalid_type          | text.format                | {'text':{'format':{'type':'json_schema','schema':{}}}}",
        "unsupported_parameter | text.tone                  | {'text':{'tone':'warm'}}",
        "unsupported_parameter | reasoning.summary          | {'reasoning':{'summary':'detailed'}}",
        "unsupported_parameter | include[0]                 | {'include':['message.output_text.logprobs']}",
        "unsupported_parameter | truncation                 | {'truncation':'auto'}",
        "unsupported_parameter | top_logprobs               | {'top_logprobs':3}",
        "unsupported_parameter | stream_options.include_obfuscation | {'stream_options':{'include_obfuscation':true}}",
        "invalid_type          | max_output_tokens          | {'max_output_tokens':0}",
        "invalid_type          | parallel_tool_calls        | {'parallel_tool_calls':'yes'}",
        "unsupported_parameter | max_tool_calls             | {'max_tool_calls':3}",
        "unsupported_parameter | seed                       | {'seed':7}",
      })
  void what_is_not_supported_is_named_with_what_to_write_instead(
      String code, String place, String body) throws NotJson {
    ObjectNode asked = json(body);
    if (!asked.has("input")) {
      asked.put("input", "x");
    }
    var refused = assertThrows(NotHere.class, () -> RequestReader.read(asked)).error();
    assertEquals(place, refused.param());
    assertEquals(code, refused.code());
    assertEquals(400, refused.status());
    assertEquals("router", refused.source());
    assertTrue(refused.message().contains("'" + place + "'"), refused.message());
  }

  @Test
  void whoever_wants_a_memory_is_told_what_to_send_instead() throws NotJson {
    var previous = json("{'input':'x','previous_response_id':'resp_1'}");
    assertTrue(
        assertThrows(NotHere.class, () -> RequestReader.read(previous))
            .error()
            .message()
            .contains("send the earlier input and output items"));
    var store = json("{'input':'x','store':true}");
    assertTrue(
        assertThrows(NotHere.class, () -> RequestReader.read(store))
            .error()
            .message()
            .contains("nothing is stored"));
  }

  @Test
  void a_choice_of_nothing_and_nulls_are_left_out() throws Exception {
    ObjectNode chat =
        RequestReader.read(
            json(
                "{'input':'x','tools':[],'tool_choice':'auto','parallel_tool_calls':true,'temperature':null,'previous_response_id':null,'conversation':null}"));
    assertFalse(chat.has("tools"));
    assertFalse(chat.has("tool_choice"));
    assertFalse(chat.has("parallel_tool_calls"));
    assertFalse(chat.has("temperature"));
  }

  @Test
  void what_was_read_is_a_request_that_the_router_understands() throws Exception {
    ObjectNode chat = RequestReader.read(json("{'model':'auto','input':'x','stream':true}"));
    var parsed = ChatRequest.parse(chat, name -> Optional.empty(), Hints.NONE);
    assertTrue(parsed instanceof ChatRequest.Parsed.Good good && good.request().stream());
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
