package dev.flotilla.router.responses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.testkit.OpenAiSchemas;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events as short lines: what is said of which item. Each is also judged by OpenAI's schema. */
class ResponseEventsTest {
  private static final Settings PLAIN = Settings.of(Json.object());
  private static final Settings THINKING =
      Settings.of(Json.object().set("reasoning", Json.object().put("effort", "low")));

  private int sequence;

  @Test
  void a_text_is_one_part_of_one_message() throws NotJson {
    var events = new ResponseEvents(PLAIN);
    assertEquals(
        List.of(
            "response.created resp_1 in_progress",
            "response.in_progress resp_1 in_progress",
            "response.output_item.added 0 message msg_1_0 in_progress",
            "response.content_part.added 0 output_text",
            "response.output_text.delta 0 Hel",
            "response.output_text.delta 0 lo",
            "response.output_text.done 0 Hello",
            "response.content_part.done 0 output_text Hello",
            "response.output_item.done 0 message msg_1_0 completed",
            "response.completed resp_1 completed [message Hello] 9+2 0.000007"),
        lines(
            events,
            "{'role':'assistant','content':''}",
            "{'content':'Hel'}",
            "{'content':'lo','refusal':null}",
            "{} stop"));
    assertEquals(": keep-alive\n\n", new String(events.keepAlive(), StandardCharsets.UTF_8));
  }

  @Test
  void calls_are_items_whose_arguments_come_in_pieces_even_when_they_are_mixed() throws NotJson {
    assertEquals(
        List.of(
            "response.created resp_1 in_progress",
            "response.in_progress resp_1 in_progress",
            "response.output_item.added 0 message msg_1_0 in_progress",
            "response.content_part.added 0 output_text",
            "response.output_text.delta 0 Looking.",
            "response.output_text.done 0 Looking.",
            "response.content_part.done 0 output_text Looking.",
            "response.output_item.done 0 message msg_1_0 completed",
            "response.output_item.added 1 function_call fc_1_1 in_progress a f",
            "response.function_call_arguments.delta 1 {",
            "response.output_item.added 2 function_call fc_1_2 in_progress b g",
            "response.function_call_arguments.delta 2 {",
            "response.function_call_arguments.delta 1 }",
            "response.function_call_arguments.delta 2 }",
            "response.function_call_arguments.done 1 f {}",
            "response.output_item.done 1 function_call fc_1_1 completed a f",
            "response.function_call_arguments.done 2 g {}",
            "response.output_item.done 2 function_call fc_1_2 completed b g",
            "response.completed resp_1 completed [message Looking., f({}), g({})] 9+2 0.000007"),
        lines(
            new ResponseEvents(PLAIN),
            "{'content':'Looking.'}",
            "{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':'{'}},{'index':1,'id':'b','function':{'name':'g','arguments':'{'}}]}",
            "{'tool_calls':[{'index':0,'function':{'arguments':'}'}},{'index':1,'function':{'arguments':'}'}}]}",
            "{} tool_calls"));
  }

  @Test
  void an_answer_that_was_cut_is_incomplete_and_says_why() throws NotJson {
    List<String> cut = lines(new ResponseEvents(PLAIN), "{'content':'Hel'}", "{} length");
    assertEquals(
        "response.incomplete resp_1 incomplete max_output_tokens [message Hel] 9+2 0.000007",
        cut.getLast());
    assertTrue(cut.contains("response.output_item.done 0 message msg_1_0 incomplete"), cut + "");
    assertEquals(
        "response.incomplete resp_1 incomplete content_filter [] 9+2 0.000007",
        lines(new ResponseEvents(PLAIN), "{} content_filter").getLast());
  }

  @Test
  void a_refusal_is_said_as_one() throws NotJson {
    List<String> refused = lines(new ResponseEvents(PLAIN), "{'refusal':'No.'}", "{} stop");
    assertTrue(refused.contains("response.refusal.delta 0 No."), refused + "");
    assertTrue(refused.contains("response.refusal.done 0 No."), refused + "");
  }

  @Test
  void thoughts_are_for_those_who_asked() throws NotJson {
    String[] chunks = {"{'reasoning_content':'Hm'}", "{'content':'So.'}", "{} stop"};
    List<String> shown = lines(new ResponseEvents(THINKING), chunks);
    assertTrue(shown.contains("response.reasoning_text.delta 0 Hm"), shown + "");
    assertTrue(shown.contains("response.output_item.done 0 reasoning rs_1_0 completed"));
    assertTrue(shown.contains("response.output_text.delta 1 So."), shown + "");
    assertTrue(
        lines(new ResponseEvents(PLAIN), chunks).contains("response.output_text.delta 0 So."));
  }

  @Test
  void a_stream_that_breaks_has_failed_and_is_never_completed() throws NotJson {
    var events = new ResponseEvents(PLAIN);
    var told = new ArrayList<String>();
    for (ObjectNode chunk :
        List.of(
            chunk("{'content':'Hel'}"),
            chunk(
                "{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':'{'}}]}"))) {
      told.addAll(lines(events.chunk(Json.text(chunk), chunk)));
    }
    var error =
        new ApiError(502, "upstream_error", "stream_truncated", "It broke off.", null, "provider");
    told.addAll(lines(events.broken(error.body("req_1"))));
    assertEquals(
        List.of(
            "response.failed resp_1 failed server_error It broke off. [message Hel, f({)]",
            "error stream_truncated It broke off."),
        told.subList(told.size() - 2, told.size()));
    assertFalse(told.toString().contains("response.completed"), told + "");
  }

  @Test
  void a_kept_answer_is_told_as_if_it_came_now_and_is_the_whole_one() throws NotJson {
    ObjectNode completion =
        json(
            "{'id':'chatcmpl-1','created':7,'model':'alpha/m','choices':[{'index':0,'finish_reason':'tool_calls','message':{'role':'assistant','content':'Look','reasoning_content':'Hm','tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]}}],'usage':{'prompt_tokens':9,'completion_tokens':2,'cost':0},'route':{'cache':'hit'}}");
    var whole = new Completion(completion);
    var events = new ResponseEvents(THINKING);
    for (ObjectNode chunk : whole.asChunks()) {
      lines(events.chunk(Json.text(chunk), chunk));
    }
    ObjectNode last = whole.usageChunk();
    last.set("route", completion.path("route"));
    String end = new String(events.end(last), StandardCharsets.UTF_8);
    JsonNode completed = Json.parse(end.substring(end.lastIndexOf("data: ") + 6));
    ObjectNode written = ResponseWriter.write(completion, THINKING);
    assertEquals(Json.text(written), Json.text(completed.path("response")));
    assertEquals(List.of(), OpenAiSchemas.faults("Response", written));
    assertEquals("hit", written.at("/route/cache").asText());
    assertEquals("reasoning", written.at("/output/0/type").asText());
  }

  @Test
  void what_was_asked_is_repeated_with_what_clients_insist_on() throws NotJson {
    ObjectNode asked =
        json(
            "{'instructions':'Be brief.','temperature':0.5,'tools':[{'type':'function','name':'f'}],'tool_choice':'none','metadata':{'feature':'x'},'max_output_tokens':7,'text':{'format':{'type':'json_object'}}}");
    ObjectNode completion =
        json(
            "{'id':'chatcmpl-1','created':7,'model':'alpha/m','choices':[{'index':0,'finish_reason':'stop','message':{'content':'{}'}}],'usage':{'prompt_tokens':9,'completion_tokens':2}}");
    ObjectNode response = ResponseWriter.write(completion, Settings.of(asked));
    assertEquals(List.of(), OpenAiSchemas.faults("Response", response));
    assertEquals("Be brief.", response.path("instructions").asText());
    assertTrue(response.at("/tools/0/strict").isNull());
    assertEquals("none", response.path("tool_choice").asText());
    assertEquals("json_object", response.at("/text/format/type").asText());
    assertTrue(response.path("top_p").isNull());
    assertEquals(7, response.path("created_at").asInt());
    assertEquals(11, response.at("/usage/total_tokens").asInt());
  }

  /** Each delta may be followed by a blank and the reason why the answer ends with it. */
  private List<String> lines(ResponseEvents events, String... deltas) throws NotJson {
    sequence = 0;
    var lines = new ArrayList<String>();
    for (String written : deltas) {
      ObjectNode chunk = chunk(written);
      lines.addAll(lines(events.chunk(Json.text(chunk), chunk)));
    }
    ObjectNode usage = head();
    usage
        .putObject("usage")
        .put("prompt_tokens", 9)
        .put("completion_tokens", 2)
        .put("cost", new BigDecimal("0.000007"));
    lines.addAll(lines(events.end(usage)));
    return lines;
  }

  private static ObjectNode chunk(String written) throws NotJson {
    int end = written.lastIndexOf('}') + 1;
    ObjectNode chunk = head();
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", json(written.substring(0, end)));
    choice.put("finish_reason", end == written.length() ? null : written.substring(end + 1));
    return chunk;
  }

  private static ObjectNode head() {
    return Json.object().put("id", "chatcmpl-1").put("created", 7).put("model", "alpha/m");
  }

  private List<String> lines(byte[] events) throws NotJson {
    var lines = new ArrayList<String>();
    for (String event : new String(events, StandardCharsets.UTF_8).split("\n\n")) {
      if (event.isEmpty()) {
        continue;
      }
      String[] parts = event.split("\ndata: ");
      JsonNode data = Json.parse(parts[1]);
      assertEquals("event: " + data.path("type").asText(), parts[0]);
      assertEquals(sequence++, data.path("sequence_number").asInt(-1));
      assertEquals(List.of(), OpenAiSchemas.faults("ResponseStreamEvent", data), event);
      lines.add(line(data).strip());
    }
    return lines;
  }

  private static String line(JsonNode event) {
    String type = event.path("type").asText();
    String line = type + " " + event.path("output_index").asText("") + " ";
    if (event.has("response")) {
      return type + " " + response(event.path("response"));
    }
    if (event.has("item")) {
      JsonNode item = event.path("item");
      return line
          + String.join(
              " ",
              item.path("type").asText(),
              item.path("id").asText(),
              item.path("status").asText(),
              item.path("call_id").asText(""),
              item.path("name").asText(""));
    }
    if (event.has("part")) {
      JsonNode part = event.path("part");
      return line
          + part.path("type").asText()
          + " "
          + part.path("text").asText(part.path("refusal").asText(""));
    }
    if (type.equals("error")) {
      return "error " + event.path("code").asText() + " " + event.path("message").asText();
    }
    return line
        + (event.has("name") ? event.path("name").asText() + " " : "")
        + event
            .path("delta")
            .asText(
                event
                    .path("text")
                    .asText(event.path("refusal").asText(event.path("arguments").asText(""))));
  }

  private static String response(JsonNode response) {
    var line = new StringBuilder(response.path("id").asText());
    line.append(' ').append(response.path("status").asText());
    if (response.path("status").asText().equals("in_progress")) {
      return line.toString();
    }
    if (response.path("incomplete_details").isObject()) {
      line.append(' ').append(response.at("/incomplete_details/reason").asText());
    }
    if (response.path("error").isObject()) {
      line.append(' ').append(response.at("/error/code").asText());
      line.append(' ').append(response.at("/error/message").asText());
    }
    var items = new ArrayList<String>();
    for (JsonNode item : response.path("output")) {
      items.add(
          item.path("type").asText().equals("function_call")
              ? item.path("name").asText() + "(" + item.path("arguments").asText() + ")"
              : item.path("type").asText() + " " + item.at("/content/0/text").asText());
    }
    line.append(' ').append(items);
    if (response.has("usage")) {
      JsonNode usage = response.path("usage");
      line.append(' ').append(usage.path("input_tokens").asText());
      line.append('+').append(usage.path("output_tokens").asText());
      line.append(' ').append(usage.path("cost").decimalValue().toPlainString());
    }
    return line.toString();
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
