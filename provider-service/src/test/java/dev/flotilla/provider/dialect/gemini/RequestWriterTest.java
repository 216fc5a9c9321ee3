package dev.flotilla.provider.dialect.gemini;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.genai.Client;
import com.google.genai.JsonSerializable;
import com.google.genai.types.Blob;
import com.google.genai.types.Content;
import com.google.genai.types.FunctionCallingConfig;
import com.google.genai.types.FunctionDeclaration;
import com.google.genai.types.GenerateContentConfig;
import com.google.genai.types.GenerateContentResponse;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.Part;
import com.google.genai.types.ThinkingConfig;
import com.google.genai.types.Tool;
import com.google.genai.types.ToolConfig;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Objection;
import dev.flotilla.provider.dialect.Question;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each request that is written here is read by the types of Google's own SDK, without a rest. */
class RequestWriterTest {
  @TempDir Path folder;
  private Model model;

  @BeforeEach
  void readCatalogue() {
    model = GeminiCatalog.of(folder, "http://127.0.0.1:1/v1beta").find("up/fast").orElseThrow();
  }

  @Test
  void the_sdk_itself_would_send_the_same() throws Exception {
    JsonNode schema =
        Json.parse(
            "{\"type\":\"object\",\"properties\":{\"port\":{\"type\":\"string\"}},\"required\":[\"port\"]}");
    ObjectNode ours =
        written(
            """
            {"messages":[
               {"role":"system","content":"Be brief."},
               {"role":"user","content":[{"type":"text","text":"What is this?"},
                 {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}],
             "tools":[{"type":"function","function":{"name":"tide","description":"Looks it up.","parameters":SCHEMA}}],
             "tool_choice":{"type":"function","function":{"name":"tide"}},
             "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":SCHEMA,"strict":true}},
             "max_completion_tokens":200,"temperature":0.5,"top_p":0.25,"seed":7,"stop":["END","FIN"],
             "presence_penalty":0.5,"frequency_penalty":-0.5,"reasoning_effort":"low"}
            """
                .replace("SCHEMA", Json.text(schema)));
    var config =
        GenerateContentConfig.builder()
            .systemInstruction(Content.builder().parts(Part.fromText("Be brief.")).build())
            .tools(
                Tool.builder()
                    .functionDeclarations(
                        FunctionDeclaration.builder()
                            .name("tide")
                            .description("Looks it up.")
                            .parametersJsonSchema(asMap(schema))))
            .toolConfig(
                ToolConfig.builder()
                    .functionCallingConfig(
                        FunctionCallingConfig.builder().mode("ANY").allowedFunctionNames("tide")))
            .responseMimeType("application/json")
            .responseJsonSchema(asMap(schema))
            .maxOutputTokens(200)
            .temperature(0.5f)
            .topP(0.25f)
            .seed(7)
            .stopSequences("END", "FIN")
            .presencePenalty(0.5f)
            .frequencyPenalty(-0.5f)
            .thinkingConfig(ThinkingConfig.builder().thinkingLevel("LOW").includeThoughts(true))
            .build();
    byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    var content =
        Content.builder()
            .role("user")
            .parts(
                Part.fromText("What is this?"),
                Part.builder()
                    .inlineData(Blob.builder().mimeType("image/png").data(png).build())
                    .build())
            .build();
    try (var gemini = new FakeGemini();
        var sdk =
            Client.builder()
                .apiKey("k")
                .httpOptions(
                    HttpOptions.builder()
                        .baseUrl(gemini.baseUrl().replace("/v1beta", ""))
                        .apiVersion("v1beta")
                        .build())
                .build()) {
      gemini.replies("gemini-answer");
      var answer = sdk.models.generateContent("gemini-3.6-flash", content, config);
      assertTrue(answer.text().startsWith("Zuerst"), "what is recorded here is what the SDK reads");
      assertEquals(SdkJudge.plain(gemini.asked().body()), SdkJudge.plain(ours));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"answer", "thoughts", "tools", "blocked-prompt", "sound"})
  void what_is_recorded_here_is_what_the_sdk_knows(String name) {
    SdkJudge.judge(tree(Recorded.text("gemini-" + name + ".json")), GenerateContentResponse.class);
  }

  @Test
  void turns_of_one_role_become_one_and_answers_of_tools_go_back_to_their_calls() {
    ObjectNode request =
        written(
            """
            {"messages":[
               {"role":"developer","content":"Be brief."},
               {"role":"user","content":"Tide"},
               {"role":"user","content":"and wind, please."},
               {"role":"assistant","content":"I look both up."},
               {"role":"assistant","content":null,"refusal":null,"reasoning_content":"Hm.","annotations":[],"tool_calls":[
                 {"id":"c1","type":"function","function":{"name":"tide","arguments":"{\\"port\\":\\"Kiel\\"}"},
                  "extra_content":{"google":{"thought_signature":"CvABAdHtim8f/w=="}}},
                 {"id":"c2","type":"function","function":{"name":"wind","arguments":""}}]},
               {"role":"tool","tool_call_id":"c2","content":"fresh"},
               {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"{\\"metres\\":1.50}"}]},
               {"role":"system","content":"In German."},
               {"role":"user","content":"Well?"}]}
            """);
    assertEquals(
        tree(
            """
            {"systemInstruction":{"parts":[{"text":"Be brief."},{"text":"In German."}]},
             "contents":[
               {"role":"user","parts":[{"text":"Tide"},{"text":"and wind, please."}]},
               {"role":"model","parts":[{"text":"I look both up."},
                 {"functionCall":{"id":"c1","name":"tide","args":{"port":"Kiel"}},"thoughtSignature":"CvABAdHtim8f/w=="},
                 {"functionCall":{"id":"c2","name":"wind","args":{}}}]},
               {"role":"user","parts":[
                 {"functionResponse":{"id":"c2","name":"wind","response":{"output":"fresh"}}},
                 {"functionResponse":{"id":"c1","name":"tide","response":{"metres":1.50}}}]},
               {"role":"user","parts":[{"text":"Well?"}]}]}
            """),
        request);
  }

  @Test
  void what_an_answer_sealed_goes_back_where_it_was() throws Exception {
    var question = new Question("a-1", model, Json.object(), Deadline.in(Duration.ofSeconds(1)));
    var answer = new AnswerReader(question, Instant.EPOCH);
    for (String recorded : Set.of("gemini-thoughts.json", "gemini-tools.json")) {
      byte[] reply = Recorded.bytes(recorded);
      var answered = (CallOutcome.Answered) answer.read(reply);
      ObjectNode next = Json.object();
      next.putArray("messages")
          .add(tree("{\"role\":\"user\",\"content\":\"Go on.\"}"))
          .add(answered.completion().body().at("/choices/0/message"));
      JsonNode sent = written(next).at("/contents/1/parts");
      JsonNode came = Json.parseObject(reply).at("/candidates/0/content/parts");
      for (JsonNode part : came) {
        if (part.has("thoughtSignature")) {
          assertTrue(signatures(sent).contains(part.path("thoughtSignature").asText()));
        }
      }
      assertEquals(1, signatures(sent).size());
    }
  }

  @Test
  void a_call_of_another_model_says_that_it_has_no_signature() {
    ObjectNode request =
        written(
            """
            {"messages":[{"role":"user","content":"Tide?"},
              {"role":"assistant","tool_calls":[
                {"id":"c1","type":"function","function":{"name":"tide","arguments":"{}"}},
                {"id":"c2","type":"function","function":{"name":"wind","arguments":"{}"}}]}]}
            """);
    JsonNode parts = request.at("/contents/1/parts");
    assertEquals("skip_thought_signature_validator", parts.at("/0/thoughtSignature").asText());
    assertFalse(parts.path(1).has("thoughtSignature"), "only the first call of a turn has one");
  }

  @Test
  void pictures_sounds_and_files_are_sent_along_or_fetched_by_gemini() {
    ObjectNode request =
        written(
            """
            {"messages":[{"role":"user","content":[
               {"type":"image_url","image_url":{"url":"https://example.com/a/ship.JPG?size=2","detail":"high"}},
               {"type":"image_url","image_url":{"url":"https://example.com/ship"}},
               {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},
               {"type":"file","file":{"filename":"log.pdf","file_data":"data:application/pdf;base64,JVBERg=="}},
               {"type":"file","file":{"file_id":"https://generativelanguage.googleapis.com/v1beta/files/abc"}},
               {"type":"text","text":"What are they?","cache_control":{"type":"ephemeral"}}]}]}
            """);
    assertEquals(
        tree(
            """
            {"contents":[{"role":"user","parts":[
               {"fileData":{"mimeType":"image/jpeg","fileUri":"https://example.com/a/ship.JPG?size=2"}},
               {"fileData":{"fileUri":"https://example.com/ship"}},
               {"inlineData":{"mimeType":"audio/wav","data":"UklGRg=="}},
               {"inlineData":{"mimeType":"application/pdf","data":"JVBERg=="}},
               {"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}},
               {"text":"What are they?"}]}],
             "generationConfig":{"mediaResolution":"MEDIA_RESOLUTION_HIGH"}}
            """),
        request);
  }

  @Test
  void instructions_alone_are_the_question() {
    assertEquals(
        tree("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Say hello.\"}]}]}"),
        written("{\"messages\":[{\"role\":\"system\",\"content\":\"Say hello.\"}]}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"auto\" | false | {\"mode\":\"AUTO\"}",
        "\"auto\" | true | {\"mode\":\"VALIDATED\"}",
        "null | false | {\"mode\":\"AUTO\"}",
        "\"none\" | false | {\"mode\":\"NONE\"}",
        "\"required\" | true | {\"mode\":\"ANY\"}",
        "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"tide\"}}]}}"
            + " | false | {\"mode\":\"VALIDATED\",\"allowedFunctionNames\":[\"tide\"]}"
      })
  void each_choice_of_tools_has_its_mode(String choice, boolean strict, String mode) {
    ObjectNode request =
        written(
            """
            {"messages":[{"role":"user","content":"Tide?"}],"tool_choice":%s,
             "tools":[{"type":"function","function":{"name":"tide","strict":%b}}]}
            """
                .formatted(choice, strict));
    assertEquals(tree(mode), request.at("/toolConfig/functionCallingConfig"));
  }

  @ParameterizedTest
  @CsvSource({"minimal, MINIMAL", "low, LOW", "medium, MEDIUM", "high, HIGH"})
  void each_effort_has_its_level(String effort, String level) {
    ObjectNode request =
        written(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Tide?\"}],\"reasoning_effort\":\"%s\"}"
                .formatted(effort));
    assertEquals(
        tree("{\"thinkingLevel\":\"%s\",\"includeThoughts\":true}".formatted(level)),
        request.at("/generationConfig/thinkingConfig"));
  }

  @Test
  void a_description_of_a_schema_goes_into_it() {
    ObjectNode request =
        written(
            """
            {"messages":[{"role":"user","content":"Tide?"}],"response_format":{"type":"json_schema",
             "json_schema":{"name":"tide","description":"A tide.","schema":{"type":"object"}}}}
            """);
    assertEquals(
        tree(
            "{\"responseMimeType\":\"application/json\",\"responseJsonSchema\":{\"type\":\"object\",\"description\":\"A tide.\"}}"),
        request.path("generationConfig"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"n\":1",
        "\"n\":null",
        "\"logprobs\":false",
        "\"top_logprobs\":0",
        "\"store\":false",
        "\"logit_bias\":{}",
        "\"service_tier\":\"auto\"",
        "\"service_tier\":\"default\"",
        "\"modalities\":[\"text\"]",
        "\"verbosity\":\"medium\"",
        "\"parallel_tool_calls\":true",
        "\"parallel_tool_calls\":false",
        "\"tool_choice\":\"none\"",
        "\"tools\":[]",
        "\"user\":\"u\"",
        "\"safety_identifier\":\"u\"",
        "\"prompt_cache_key\":\"k\"",
        "\"metadata\":{\"a\":\"b\"}",
        "\"stream\":true,\"stream_options\":{\"include_usage\":true}",
        "\"response_format\":{\"type\":\"text\"}",
        "\"stop\":[]",
        "\"unknown\":null"
      })
  void what_gemini_does_anyway_and_what_changes_nothing_is_left_out(String field) {
    assertEquals(
        tree("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"Tide?\"}]}]}"),
        written("{\"messages\":[{\"role\":\"user\",\"content\":\"Tide?\"}]," + field + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n | 2",
        "logprobs | true",
        "top_logprobs | 3",
        "store | true",
        "logit_bias | {\"5\": 1}",
        "service_tier | \"flex\"",
        "modalities | [\"text\", \"audio\"]",
        "audio | {\"voice\": \"a\"}",
        "verbosity | \"low\"",
        "prediction | {\"type\": \"content\"}",
        "web_search_options | {}",
        "functions | []",
        "function_call | \"auto\"",
        "top_k | 5",
        "invented_next_year | 1",
        "reasoning_effort | \"none\"",
        "reasoning_effort | \"xhigh\"",
        "seed | 3000000000",
        "stop | [\"1\",\"2\",\"3\",\"4\",\"5\",\"6\"]",
        "response_format | {\"type\": \"grammar\"}"
      })
  void what_gemini_cannot_be_told_is_named(String param, String value) {
    Objection objection =
        objection(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Tide?\"}],\"%s\":%s}"
                .formatted(param, value));
    assertEquals(Objection.UNSUPPORTED, objection.code());
    assertEquals(param, objection.param());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "messages[0].name | {\"role\":\"user\",\"content\":\"Hi\",\"name\":\"Jo\"}",
        "messages[0].role | {\"role\":\"function\",\"name\":\"f\",\"content\":\"1\"}",
        "messages[0].function_call | {\"role\":\"assistant\",\"content\":null,\"function_call\":{\"name\":\"f\"}}",
        "messages[0].audio | {\"role\":\"assistant\",\"content\":null,\"audio\":{\"id\":\"a\"}}",
        "messages[0].content[0].type | {\"role\":\"user\",\"content\":[{\"type\":\"video_url\"}]}",
        "messages[0].content[0].type | {\"role\":\"system\",\"content\":[{\"type\":\"image_url\"}]}",
        "messages[0].content[0].image_url.url | {\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://a/b.png\"}}]}",
        "messages[0].content[0].image_url.detail | {\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://a/b.png\",\"detail\":\"original\"}}]}",
        "messages[0].content[0].input_audio.format | {\"role\":\"user\",\"content\":[{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"\",\"format\":\"pcm16\"}}]}",
        "messages[0].content[0].file.file_id | {\"role\":\"user\",\"content\":[{\"type\":\"file\",\"file\":{\"file_id\":\"file-1\"}}]}",
        "messages[0].tool_calls[0] | {\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"type\":\"custom\",\"custom\":{}}]}",
        "messages[0].tool_calls[0].function.arguments | {\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}"
      })
  void a_message_that_would_lose_something_is_named(String param, String message) {
    Objection objection = objection("{\"messages\":[" + message + "]}");
    assertEquals(Objection.UNSUPPORTED, objection.code());
    assertEquals(param, objection.param());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tools[0].type | \"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}}]",
        "parallel_tool_calls | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"parallel_tool_calls\":false",
        "tool_choice | \"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":{\"type\":\"custom\"}"
      })
  void a_tool_that_gemini_has_not_is_named(String param, String fields) {
    Objection objection =
        objection("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + fields + "}");
    assertEquals(Objection.UNSUPPORTED, objection.code());
    assertEquals(param, objection.param());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "temperature | \"messages\":[],\"temperature\":\"hot\"",
        "max_tokens | \"messages\":[],\"max_tokens\":0",
        "max_completion_tokens | \"messages\":[],\"max_completion_tokens\":1.5",
        "seed | \"messages\":[],\"seed\":\"s\"",
        "stop | \"messages\":[],\"stop\":[1]",
        "tool_choice | \"messages\":[],\"tool_choice\":\"required\"",
        "messages[0].content | \"messages\":[{\"role\":\"user\",\"content\":7}]",
        "messages[0].tool_call_id | \"messages\":[{\"role\":\"tool\",\"tool_call_id\":\"c9\",\"content\":\"1\"}]"
      })
  void what_makes_no_sense_to_anybody_is_said_so(String param, String fields) {
    Objection objection = objection("{" + fields + "}");
    assertEquals("invalid_value", objection.code());
    assertEquals(param, objection.param());
  }

  @Test
  void images_in_two_details_are_named() {
    Objection objection =
        objection(
            """
            {"messages":[{"role":"user","content":[
               {"type":"image_url","image_url":{"url":"https://a/b.png","detail":"low"}},
               {"type":"image_url","image_url":{"url":"https://a/c.png","detail":"high"}}]}]}
            """);
    assertEquals("messages[0].content[1].image_url.detail", objection.param());
  }

  private Objection objection(String body) {
    return assertThrows(
            Inexpressible.class, () -> RequestWriter.write(model, (ObjectNode) tree(body)))
        .objection();
  }

  private ObjectNode written(String body) {
    return written((ObjectNode) tree(body));
  }

  /** Judged by the SDK's types: what they do not know, they would lose. */
  private ObjectNode written(ObjectNode body) {
    ObjectNode request = assertDoesNotThrow(() -> RequestWriter.write(model, body));
    SdkJudge.judge(request);
    return request;
  }

  private static Set<String> signatures(JsonNode parts) {
    var found = new TreeSet<String>();
    parts.findValues("thoughtSignature").forEach(node -> found.add(node.asText()));
    return found;
  }

  private static Map<?, ?> asMap(JsonNode node) {
    return JsonSerializable.objectMapper().convertValue(node, Map.class);
  }

  private static JsonNode tree(String text) {
    try {
      return Json.parse(text);
    } catch (NotJson e) {
      throw new AssertionError(text, e);
    }
  }
}
