package dev.flotilla.provider.dialect.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Objection;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the shipped providers of this dialect are sent, judged by OpenAI's own types, and what not.
 */
class RequestWriterTest {
  private static final Catalog CATALOG = Catalog.readAll(Path.of("..", "config", "catalog"));
  private static final String HELLO = "'messages':[{'role':'user','content':'hello'}]";
  private static final String TOOLS =
      "'tools':[{'type':'function','function':{'name':'tide','parameters':{'type':'object'}}}]";

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-5.6, max_completion_tokens",
    "deepseek/deepseek-v4-flash, max_tokens",
    "mistral/mistral-large-latest, max_tokens",
    "together/openai/gpt-oss-120b, max_tokens"
  })
  void the_limit_has_the_name_the_provider_knows_whatever_the_caller_wrote(String id, String name) {
    for (String written : new String[] {"max_tokens", "max_completion_tokens"}) {
      ObjectNode sent = sent(id, "{" + HELLO + ",'" + written + "':50}");
      assertEquals(50, sent.path(name).asInt(), id + " " + written);
      assertEquals(3, sent.size(), sent.toString());
    }
    ObjectNode both = sent(id, "{" + HELLO + ",'max_tokens':50,'max_completion_tokens':70}");
    assertEquals(70, both.path(name).asInt(), "the ceiling is reckoned with this one too");
    assertEquals(3, both.size(), both.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"groq/openai/gpt-oss-20b", "xai/grok-4"})
  void a_provider_that_knows_both_names_gets_what_the_caller_wrote(String id) {
    for (String written : new String[] {"max_tokens", "max_completion_tokens"}) {
      assertEquals(50, sent(id, "{" + HELLO + ",'" + written + "':50}").path(written).asInt());
    }
  }

  @Test
  void a_whole_request_goes_to_openai_as_it_came() {
    String body =
        """
        {%s,'temperature':0.70,'top_p':0.5,'stop':['END'],'user':'u','reasoning_effort':'low',
         %s,'tool_choice':'auto','parallel_tool_calls':false,'max_completion_tokens':9,
         'response_format':{'type':'json_schema','json_schema':{'name':'a','strict':true,'schema':{'type':'object'}}},
         'prompt_cache_key':'k','safety_identifier':'s','service_tier':'auto'}
        """
            .formatted(HELLO, TOOLS);
    assertEquals(((ObjectNode) json(body)).put("model", "gpt-5.6"), sent("openai/gpt-5.6", body));
  }

  @Test
  void pictures_go_to_models_that_see_and_sounds_and_files_to_nobody_here() {
    String part =
        "{'messages':[{'role':'user','content':[{'type':'text','text':'What is it?'},%s]}]}";
    String picture =
        "{'type':'image_url','image_url':{'url':'data:image/png;base64,iVBORw0KGgo='}}";
    sent("openai/gpt-5.6", part.formatted(picture));
    for (String other :
        new String[] {
          picture,
          "{'type':'input_audio','input_audio':{'data':'UklGRg==','format':'wav'}}",
          "{'type':'file','file':{'file_data':'data:application/pdf;base64,JVBERg=='}}"
        }) {
      Objection objection = refused("deepseek/deepseek-v4-pro", part.formatted(other));
      assertEquals("messages[0].content[1]", objection.param());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "openai/gpt-5.6 | n | 2",
        "openai/gpt-5.6 | logprobs | true",
        "openai/gpt-5.6 | top_logprobs | 3",
        "openai/gpt-5.6 | logit_bias | {\"5\":1}",
        "openai/gpt-5.6 | top_k | 5",
        "openai/gpt-5.6 | service_tier | \"scale\"",
        "openai/gpt-5.6 | service_tier | \"batch\"",
        "xai/grok-4 | service_tier | \"flex\"",
        "openai/gpt-5.6 | modalities | [\"text\",\"audio\"]",
        "deepseek/deepseek-v4-flash | logprobs | true",
        "deepseek/deepseek-v4-flash | seed | 7",
        "deepseek/deepseek-v4-flash | response_format | {\"type\":\"json_schema\"}",
        "mistral/mistral-small-latest | reasoning_effort | \"low\"",
        "mistral/codestral-latest | tools | [{}]",
        "groq/llama-3.3-70b-versatile | n | 2",
        "groq/llama-3.3-70b-versatile | logprobs | true",
        "groq/llama-3.3-70b-versatile | reasoning_effort | \"low\"",
        "xai/grok-4 | reasoning_effort | \"low\"",
        "together/zai-org/GLM-4.6 | logprobs | true"
      })
  void what_a_provider_would_refuse_or_pass_over_is_named_before(
      String id, String param, String value) {
    ObjectNode body = (ObjectNode) json("{" + HELLO + "}");
    body.set(param, json(value.replace('"', '\'')));
    Objection objection = Ability.objection(model(id), body);
    assertNotNull(objection);
    assertEquals(Objection.UNSUPPORTED, objection.code());
    assertEquals(param, objection.param());
    assertTrue(objection.message().matches(".*(write|leave it out).*"), objection.message());
  }

  @Test
  void one_tool_at_a_time_is_not_asked_of_who_cannot_be_told() {
    String body = "{" + HELLO + "," + TOOLS + ",'parallel_tool_calls':%s}";
    assertEquals(
        "parallel_tool_calls",
        refused("deepseek/deepseek-v4-pro", body.formatted("false")).param());
    // What is the default anyway is not worth a refusal by a strict provider.
    assertTrue(
        sent("deepseek/deepseek-v4-pro", body.formatted("true"))
            .path("parallel_tool_calls")
            .isMissingNode());
  }

  @Test
  void what_asks_nothing_is_left_out_for_providers_without_the_feature() {
    ObjectNode sent =
        sent(
            "mistral/codestral-latest",
            "{"
                + HELLO
                + ",'logprobs':false,'top_logprobs':0,'tools':[],'logit_bias':{},'top_k':null,"
                + "'seed':null,'reasoning_effort':null,'max_tokens':null}");
    assertEquals("[\"messages\",\"model\"]", names(sent));
  }

  @Test
  void mistrals_own_words_are_used_and_its_refusals_avoided() {
    ObjectNode sent =
        sent(
            "mistral/mistral-large-latest",
            "{" + HELLO + ",'seed':7,'safe_prompt':true,'stream':true,'max_completion_tokens':5}",
            "random_seed",
            "safe_prompt");
    assertEquals(7, sent.path("random_seed").asInt());
    assertTrue(sent.path("safe_prompt").asBoolean(), "its own parameters go through");
    assertTrue(sent.path("stream_options").isMissingNode(), "usage comes unasked");
  }

  @Test
  void thoughts_go_back_to_models_that_want_them_and_to_no_others() {
    String body =
        """
        {'messages':[{'role':'user','content':'hello'},
          {'role':'assistant','content':'Hi.','reasoning_content':'A greeting.'},{'role':'user','content':'And?'}]}
        """;
    assertEquals(
        "A greeting.",
        RequestWriter.write(model("deepseek/deepseek-v4-pro"), (ObjectNode) json(body))
            .at("/messages/1/reasoning_content")
            .asText());
    ObjectNode asked = (ObjectNode) json(body);
    JsonNode sent = RequestWriter.write(model("openai/gpt-5.6"), asked);
    assertTrue(sent.at("/messages/1/reasoning_content").isMissingNode());
    assertEquals("Hi.", sent.at("/messages/1/content").asText());
    assertEquals(json(body), asked, "the caller's body stays");
  }

  @Test
  void a_stream_is_asked_for_its_usage_where_that_can_be_asked() {
    assertTrue(
        sent("openai/gpt-5.6", "{" + HELLO + ",'stream':true}")
            .at("/stream_options/include_usage")
            .asBoolean());
  }

  @Test
  void the_judge_itself_notices_what_does_not_fit() {
    assertThrows(
        AssertionError.class, () -> SdkJudge.judge(json("{'model':'m'," + HELLO + ",'top_k':5}")));
    assertThrows(
        RuntimeException.class,
        () -> SdkJudge.judge(json("{'model':'m','messages':[{'role':'user','content':7}]}")));
  }

  /** Judged by the SDK's types. */
  private static ObjectNode sent(String id, String body, String... beside) {
    ObjectNode asked = (ObjectNode) json(body);
    assertNull(Ability.objection(model(id), asked));
    ObjectNode sent = RequestWriter.write(model(id), asked);
    SdkJudge.judge(sent, beside);
    return sent;
  }

  private static Objection refused(String id, String body) {
    Objection objection = Ability.objection(model(id), (ObjectNode) json(body));
    assertNotNull(objection);
    assertEquals(Objection.UNSUPPORTED, objection.code());
    return objection;
  }

  private static String names(ObjectNode node) {
    var names = Json.object().putArray("names");
    node.fieldNames().forEachRemaining(names::add);
    return Json.text(names);
  }

  private static Model model(String id) {
    return CATALOG.find(id).orElseThrow();
  }

  /** Single quotes stand for double ones. */
  private static JsonNode json(String text) {
    try {
      return Json.parse(text.replace('\'', '"'));
    } catch (NotJson e) {
      throw new AssertionError(text, e);
    }
  }
}
