package dev.flotilla.provider.dialect.anthropic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.Objection;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is sent, judged by the types of Anthropic's own SDK, and what is refused instead. */
class AnthropicRequestTest {
  private static final Catalog CATALOG =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("anthropic"));

  private static final String HELLO = "'messages':[{'role':'user','content':'hello'}]";
  private static final String TOOLS =
      "'tools':[{'type':'function','function':{'name':'arrivals','description':'Ships of a day',"
          + "'parameters':{'type':'object','properties':{'harbour':{'type':'string'}}}}}]";

  @Test
  void a_plain_question_gets_the_models_limit_where_anthropic_demands_one() {
    assertSent(
        "haiku-4-5",
        "{" + HELLO + ",'stream':true,'stream_options':{'include_usage':true}}",
        """
        {'model':'claude-haiku-4-5','max_tokens':64000,
         'messages':[{'role':'user','content':[{'type':'text','text':'hello'}]}],'stream':true}
        """);
  }

  @Test
  void system_messages_at_the_start_become_the_system_prompt_with_their_cache_marks() {
    assertSent(
        "haiku-4-5",
        """
        {'max_tokens':9,'messages':[
          {'role':'system','content':[{'type':'text','text':'Be kind.','cache_control':{'type':'ephemeral','ttl':'1h'}}]},
          {'role':'developer','content':'Be short.'},
          {'role':'user','content':'hello'}]}
        """,
        """
        {'model':'claude-haiku-4-5','max_tokens':9,
         'system':[{'type':'text','text':'Be kind.','cache_control':{'type':'ephemeral','ttl':'1h'}},
                   {'type':'text','text':'Be short.'}],
         'messages':[{'role':'user','content':[{'type':'text','text':'hello'}]}]}
        """);
  }

  @Test
  void a_system_message_between_turns_stays_there_for_models_that_know_it() {
    String body =
        """
        {'max_tokens':9,'messages':[{'role':'user','content':'hello'},{'role':'system','content':'Be short.'}]}
        """;
    assertSent(
        "opus-5",
        body,
        """
        {'model':'claude-opus-5','max_tokens':9,'messages':[
          {'role':'user','content':[{'type':'text','text':'hello'}]},
          {'role':'system','content':[{'type':'text','text':'Be short.'}]}]}
        """);
    assertEquals("messages[1].role", refused("haiku-4-5", body).param());
  }

  @Test
  void neighbours_of_one_role_become_one_turn() {
    JsonNode sent =
        sent(
            "haiku-4-5",
            """
            {'messages':[{'role':'user','content':'a'},{'role':'user','content':'b'},
              {'role':'assistant','content':'c'},{'role':'assistant','content':'d'},{'role':'user','content':'e'}]}
            """);
    assertEquals(3, sent.path("messages").size());
    assertEquals(2, sent.at("/messages/0/content").size());
    assertEquals(2, sent.at("/messages/1/content").size());
  }

  @Test
  void parallel_calls_and_their_results_keep_together_and_in_order() {
    assertSent(
        "haiku-4-5",
        """
        {'max_tokens':9,'messages':[{'role':'user','content':'Who came?'},
          {'role':'assistant','content':null,'tool_calls':[
            {'id':'call_1','type':'function','function':{'name':'arrivals','arguments':'{"harbour":"Kiel"}'}},
            {'id':'functions.now:1','type':'function','function':{'name':'now','arguments':''}}]},
          {'role':'tool','tool_call_id':'call_1','content':'Möwe'},
          {'role':'tool','tool_call_id':'functions.now:1','content':[{'type':'text','text':'six','cache_control':{'type':'ephemeral'}}]},
          {'role':'user','content':'And then?'}],
         %s,'tool_choice':'auto','parallel_tool_calls':false}
        """
            .formatted(TOOLS),
        """
        {'model':'claude-haiku-4-5','max_tokens':9,'messages':[
          {'role':'user','content':[{'type':'text','text':'Who came?'}]},
          {'role':'assistant','content':[
            {'type':'tool_use','id':'call_1','name':'arrivals','input':{'harbour':'Kiel'}},
            {'type':'tool_use','id':'call_ID','name':'now','input':{}}]},
          {'role':'user','content':[
            {'type':'tool_result','tool_use_id':'call_1','content':[{'type':'text','text':'Möwe'}]},
            {'type':'tool_result','tool_use_id':'call_ID','cache_control':{'type':'ephemeral'},'content':[{'type':'text','text':'six'}]},
            {'type':'text','text':'And then?'}]}],
         'tools':[{'name':'arrivals','description':'Ships of a day','input_schema':{'type':'object','properties':{'harbour':{'type':'string'}}}}],
         'tool_choice':{'type':'auto','disable_parallel_tool_use':true}}
        """
            .replace("ID", UUID.nameUUIDFromBytes("functions.now:1".getBytes(UTF_8)).toString()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'auto' | {'type':'auto'}",
        "'none' | {'type':'none'}",
        "'required' | {'type':'any'}",
        "{'type':'function','function':{'name':'arrivals'}} | {'type':'tool','name':'arrivals'}"
      },
      quoteCharacter = '~')
  void every_choice_of_tools_has_its_word(String asked, String said) {
    JsonNode sent = sent("haiku-4-5", "{" + HELLO + "," + TOOLS + ",'tool_choice':" + asked + "}");
    assertEquals(json(said), sent.path("tool_choice"));
  }

  @Test
  void pictures_and_documents_are_blocks() {
    assertSent(
        "haiku-4-5",
        """
        {'max_tokens':9,'messages':[{'role':'user','content':[
          {'type':'text','text':'What is this?'},
          {'type':'image_url','image_url':{'url':'data:image/png;base64,aGk=','detail':'high'}},
          {'type':'image_url','image_url':{'url':'https://example.com/ship.jpg'},'cache_control':{'type':'ephemeral'}},
          {'type':'file','file':{'filename':'log.pdf','file_data':'data:application/pdf;base64,JVBERg=='}},
          {'type':'file','file':{'file_data':'data:text/plain;base64,w6Q='}}]}]}
        """,
        """
        {'model':'claude-haiku-4-5','max_tokens':9,'messages':[{'role':'user','content':[
          {'type':'text','text':'What is this?'},
          {'type':'image','source':{'type':'base64','media_type':'image/png','data':'aGk='}},
          {'type':'image','source':{'type':'url','url':'https://example.com/ship.jpg'},'cache_control':{'type':'ephemeral'}},
          {'type':'document','source':{'type':'base64','media_type':'application/pdf','data':'JVBERg=='},'title':'log.pdf'},
          {'type':'document','source':{'type':'text','media_type':'text/plain','data':'ä'}}]}]}
        """);
  }

  @Test
  void a_schema_is_closed_and_its_other_bounds_are_told() {
    JsonNode sent =
        sent(
            "haiku-4-5",
            """
            {%s,'response_format':{'type':'json_schema','json_schema':{'name':'port','description':'A port','strict':true,
              'schema':{'type':'object','required':['berths'],'properties':{
                'berths':{'type':'integer','minimum':1,'description':'How many'},
                'names':{'type':'array','minItems':2,'items':{'oneOf':[{'type':'string','format':'email'},{'type':'null'}]}}}}}}}
            """
                .formatted(HELLO));
    assertEquals(
        json(
            """
            {'format':{'type':'json_schema','schema':{'type':'object','description':'A port','required':['berths'],
              'additionalProperties':false,'properties':{
                'berths':{'type':'integer','description':'How many (minimum: 1)'},
                'names':{'type':'array','description':'minItems: 2',
                  'items':{'anyOf':[{'type':'string','format':'email'},{'type':'null'}]}}}}}}
            """),
        sent.path("output_config"));
  }

  @Test
  void an_effort_is_a_budget_or_an_effort_by_the_models_kind() {
    assertEquals(
        json("{'type':'enabled','budget_tokens':8192}"),
        sent("haiku-4-5", "{" + HELLO + ",'reasoning_effort':'medium'}").path("thinking"));
    assertEquals(
        json("{'type':'enabled','budget_tokens':1500}"),
        sent("haiku-4-5", "{" + HELLO + ",'reasoning_effort':'high','max_completion_tokens':3000}")
            .path("thinking"),
        "half of what may be written");
    JsonNode adaptive = sent("opus-5", "{" + HELLO + ",'reasoning_effort':'xhigh'}");
    assertEquals(json("{'type':'adaptive','display':'summarized'}"), adaptive.path("thinking"));
    assertEquals("xhigh", adaptive.at("/output_config/effort").asText());
    assertEquals(
        "low",
        sent("sonnet-4-6", "{" + HELLO + ",'reasoning_effort':'minimal'}")
            .at("/output_config/effort")
            .asText());
    assertEquals(
        json("{'type':'disabled'}"),
        sent("sonnet-5", "{" + HELLO + ",'reasoning_effort':'none'}").path("thinking"));
    assertFalse(sent("haiku-4-5", "{" + HELLO + ",'reasoning_effort':'none'}").has("thinking"));
  }

  @Test
  void an_assistants_message_that_comes_back_keeps_its_signed_thoughts() throws Exception {
    ObjectNode answer =
        AnswerReader.read(Json.parseObject(FakeAnthropic.recorded("anthropic-tools.json")), 1);
    ObjectNode asked =
        (ObjectNode)
            json(
                """
                {'reasoning_effort':'low','messages':[{'role':'user','content':'Who came?'},
                  {'role':'tool','tool_call_id':'toolu_01Kiel','content':'Möwe'},
                  {'role':'tool','tool_call_id':'toolu_02Now','content':'six'}]}
                """);
    ((ArrayNode) asked.path("messages")).insert(1, answer.at("/choices/0/message"));
    JsonNode sent = sent("haiku-4-5", asked);
    JsonNode recorded =
        Json.parse(new String(FakeAnthropic.recorded("anthropic-tools.json"), UTF_8));
    assertEquals(recorded.path("content"), sent.at("/messages/1/content"));
    assertEquals("enabled", sent.at("/thinking/type").asText());
  }

  @Test
  void thoughts_in_the_pieces_of_a_stream_are_put_together_again() {
    JsonNode sent =
        sent(
            "haiku-4-5",
            """
            {'messages':[{'role':'user','content':'a'},{'role':'assistant','content':'b','reasoning_details':[
              {'type':'reasoning.text','format':'anthropic-claude-v1','index':0,'text':'one '},
              {'type':'reasoning.text','index':0,'text':'two'},
              {'type':'reasoning.text','index':0,'signature':'c2ln'},
              {'type':'reasoning.text','format':'somebody-else','index':1,'text':'three'}]},
              {'role':'user','content':'c'}]}
            """);
    assertEquals(
        json(
            "[{'type':'thinking','thinking':'one two','signature':'c2ln'},{'type':'text','text':'b'}]"),
        sent.at("/messages/1/content"));
  }

  @Test
  void a_budget_does_not_begin_among_calls_whose_thoughts_are_lost() {
    JsonNode sent =
        sent(
            "haiku-4-5",
            """
            {'reasoning_effort':'low','messages':[{'role':'user','content':'a'},
              {'role':'assistant','tool_calls':[{'id':'c1','type':'function','function':{'name':'now','arguments':'{}'}}]},
              {'role':'tool','tool_call_id':'c1','content':''}]}
            """);
    assertFalse(sent.has("thinking"), "Anthropic would refuse the request");
  }

  @Test
  void the_other_parameters_have_their_names() {
    JsonNode sent =
        sent(
            "haiku-4-5",
            """
            {%s,'max_completion_tokens':999999,'temperature':0.30,'stop':'END','user':'u-1','service_tier':'default',
             'n':1,'logprobs':false,'presence_penalty':0,'logit_bias':{},'seed':null,'prompt_cache_key':'k','store':false,
             'modalities':['text'],'cache_control':{'type':'ephemeral'}}
            """
                .formatted(HELLO));
    assertEquals(64_000, sent.path("max_tokens").asInt());
    assertEquals("0.30", sent.path("temperature").asText());
    assertEquals(json("['END']"), sent.path("stop_sequences"));
    assertEquals("u-1", sent.at("/metadata/user_id").asText());
    assertEquals("standard_only", sent.path("service_tier").asText());
    assertEquals(json("{'type':'ephemeral'}"), sent.path("cache_control"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "haiku-4-5 | 'n':2 | n",
        "haiku-4-5 | 'seed':7 | seed",
        "haiku-4-5 | 'logprobs':true | logprobs",
        "haiku-4-5 | 'top_logprobs':2 | top_logprobs",
        "haiku-4-5 | 'logit_bias':{'50256':-100} | logit_bias",
        "haiku-4-5 | 'presence_penalty':0.5 | presence_penalty",
        "haiku-4-5 | 'frequency_penalty':-1 | frequency_penalty",
        "haiku-4-5 | 'store':true | store",
        "haiku-4-5 | 'modalities':['text','audio'] | modalities",
        "haiku-4-5 | 'prediction':{} | prediction",
        "haiku-4-5 | 'verbosity':'low' | verbosity",
        "haiku-4-5 | 'web_search_options':{} | web_search_options",
        "haiku-4-5 | 'functions':[] | functions",
        "haiku-4-5 | 'of_tomorrow':1 | of_tomorrow",
        "haiku-4-5 | 'service_tier':'priority' | service_tier",
        "haiku-4-5 | 'temperature':1.5 | temperature",
        "haiku-4-5 | 'temperature':0.5,'top_p':0.5 | top_p",
        "haiku-4-5 | 'temperature':0.5,'reasoning_effort':'low' | temperature",
        "haiku-4-5 | 'reasoning_effort':'xhigh' | reasoning_effort",
        "haiku-4-5 | 'reasoning_effort':'low','max_tokens':1024 | reasoning_effort",
        "opus-5 | 'temperature':0.5 | temperature",
        "fable-5 | 'reasoning_effort':'none' | reasoning_effort",
        "haiku-4-5 | 'response_format':{'type':'json_object'} | response_format",
        "haiku-4-5 | 'stop':[' '] | stop",
        "haiku-4-5 | 'tools':[{'type':'custom','custom':{'name':'x'}}] | tools[0].type",
      })
  void what_anthropic_has_no_words_for_is_refused_by_name(
      String model, String parameter, String name) {
    Objection objection = refused(model, "{" + HELLO + "," + parameter + "}");
    assertEquals(Objection.UNSUPPORTED, objection.code());
    assertEquals(name, objection.param());
    assertTrue(objection.message().contains("'" + name + "'"), objection.message());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'role':'user','content':[{'type':'input_audio','input_audio':{}}]} | messages[0].content[0]",
        "{'role':'user','content':[{'type':'image_url','image_url':{'url':'http://x/a.png'}}]} | messages[0].content[0].image_url.url",
        "{'role':'user','content':[{'type':'file','file':{'file_id':'file-1'}}]} | messages[0].content[0].file.file_id",
        "{'role':'user','content':'hello','name':'Ann'} | messages[0].name",
        "{'role':'user','content':''} | messages[0].content",
        "{'role':'function','name':'f','content':'x'} | messages[0].role",
        "{'role':'assistant','content':'I'} | messages[0].role",
        "{'role':'user','content':'a'},{'role':'assistant','content':'b'} | messages",
        "{'role':'user','content':'a'},{'role':'assistant','tool_calls':[{'id':'1','function':{'name':'f','arguments':'{'}}]} | messages[1].tool_calls[0].function.arguments",
      })
  void what_cannot_be_said_in_a_message_is_refused_by_its_place(String messages, String place) {
    Objection objection = refused("haiku-4-5", "{'messages':[" + messages + "]}");
    assertEquals(Objection.UNSUPPORTED, objection.code());
    assertEquals(place, objection.param());
  }

  @Test
  void a_result_without_a_call_is_wrong_wherever_it_goes() {
    Objection objection =
        refused(
            "haiku-4-5",
            "{'messages':[{'role':'user','content':'a'},{'role':'tool','tool_call_id':'x','content':'b'}]}");
    assertEquals("invalid_value", objection.code());
  }

  @Test
  void a_schema_that_would_have_to_be_given_up_is_refused() {
    for (String open : new String[] {"'additionalProperties':true", "'not':{'type':'null'}"}) {
      assertEquals(
          Objection.UNSUPPORTED,
          refused(
                  "haiku-4-5",
                  "{"
                      + HELLO
                      + ",'response_format':{'type':'json_schema','json_schema':{'name':'x','schema':{'type':'object',"
                      + open
                      + "}}}}")
              .code());
    }
  }

  @Test
  void who_must_call_a_tool_cannot_think_first() {
    assertEquals(
        "tool_choice",
        refused(
                "opus-5",
                "{" + HELLO + "," + TOOLS + ",'tool_choice':'required','reasoning_effort':'low'}")
            .param());
  }

  @ParameterizedTest
  @MethodSource("models")
  void every_model_of_the_catalogue_can_be_asked_for_what_it_supports(Model model) {
    String name = model.upstream().substring("claude-".length());
    assertEquals(model.upstream(), sent(name, "{" + HELLO + "}").path("model").asText());
    sent(name, "{" + HELLO + "," + TOOLS + "}");
    sent(name, "{" + HELLO + ",'reasoning_effort':'high','temperature':1}");
  }

  static Iterable<Model> models() {
    return CATALOG.models();
  }

  @Test
  void the_judge_finds_what_is_wrong() {
    var wrong =
        json(
            """
            {'model':'x','max_tokens':1,'messages':[{'role':'user','content':[{'type':'image_url','image_url':{}}]}]}
            """);
    assertThrows(RuntimeException.class, () -> SdkJudge.judge(wrong));
  }

  private static void assertSent(String model, String asked, String expected) {
    assertEquals(json(expected), sent(model, asked));
  }

  private static JsonNode sent(String model, String asked) {
    return sent(model, (ObjectNode) json(asked));
  }

  /** As it goes over the wire. */
  private static JsonNode sent(String model, ObjectNode asked) {
    try {
      JsonNode sent = Json.parse(Json.text(RequestWriter.write(model(model), asked)));
      SdkJudge.judge(sent);
      return sent;
    } catch (NotJson e) {
      throw new AssertionError(e);
    } catch (Unsayable e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  private static Objection refused(String model, String asked) {
    var refusal =
        assertThrows(
            Unsayable.class, () -> RequestWriter.write(model(model), (ObjectNode) json(asked)));
    return refusal.objection();
  }

  private static Model model(String name) {
    return CATALOG.find("anthropic/claude-" + name).orElseThrow();
  }

  /** Single quotes stand for double ones, and double ones for those within a text. */
  private static JsonNode json(String text) {
    try {
      return Json.parse(text.replace("\"", "\\\"").replace('\'', '"'));
    } catch (NotJson e) {
      throw new AssertionError(text, e);
    }
  }
}
