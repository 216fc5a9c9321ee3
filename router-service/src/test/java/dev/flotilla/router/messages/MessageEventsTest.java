package dev.flotilla.router.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.exchange.Completion;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events as short lines: what is said of which block. */
class MessageEventsTest {
  @Test
  void a_text_is_one_block_between_the_beginning_and_the_end_of_a_message() throws NotJson {
    var events = new MessageEvents(false);
    assertEquals(
        List.of(
            "message_start msg_1 alpha/m",
            "start 0 text",
            "delta 0 text_delta Hel",
            "delta 0 text_delta lo",
            "stop 0",
            "message_delta end_turn 9 in 2 out 0.000007",
            "message_stop"),
        lines(
            events,
            "{'role':'assistant','content':''}",
            "{'content':'Hel'}",
            "{'content':'lo','refusal':null}",
            "{} stop"));
    assertEquals(
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        new String(events.keepAlive(), StandardCharsets.UTF_8));
  }

  @Test
  void calls_follow_each_other_with_their_arguments_in_pieces() throws NotJson {
    assertEquals(
        List.of(
            "message_start msg_1 alpha/m",
            "start 0 text",
            "delta 0 text_delta Looking.",
            "stop 0",
            "start 1 tool_use call_1 weather {}",
            "delta 1 input_json_delta {\"city\":",
            "delta 1 input_json_delta \"Karachi\"}",
            "stop 1",
            "start 2 tool_use call_2 time {}",
            "delta 2 input_json_delta {}",
            "stop 2",
            "message_delta tool_use 9 in 2 out 0.000007",
            "message_stop"),
        lines(
            new MessageEvents(false),
            "{'content':'Looking.'}",
            "{'tool_calls':[{'index':0,'id':'call_1','type':'function','function':{'name':'weather','arguments':''}}]}",
            "{'tool_calls':[{'index':0,'function':{'arguments':'{^city^:'}}]}",
            "{'tool_calls':[{'index':0,'function':{'arguments':'^Karachi^}'}}]}",
            "{'tool_calls':[{'index':1,'id':'call_2','type':'function','function':{'name':'time','arguments':'{}'}}]}",
            "{} tool_calls"));
  }

  @Test
  void calls_whose_pieces_are_mixed_stay_open_until_they_are_whole() throws NotJson {
    assertEquals(
        List.of(
            "message_start msg_1 alpha/m",
            "start 0 tool_use a f {}",
            "delta 0 input_json_delta {",
            "start 1 tool_use b g {}",
            "delta 1 input_json_delta {",
            "delta 0 input_json_delta }",
            "delta 1 input_json_delta }",
            "stop 0",
            "stop 1",
            "message_delta tool_use 9 in 2 out 0.000007",
            "message_stop"),
        lines(
            new MessageEvents(false),
            "{'tool_calls':[{'index':0,'id':'a','function':{'name':'f','arguments':'{'}},{'index':1,'id':'b','function':{'name':'g','arguments':'{'}}]}",
            "{'tool_calls':[{'index':0,'function':{'arguments':'}'}},{'index':1,'function':{'arguments':'}'}}]}",
            "{} tool_calls"));
  }

  @Test
  void thoughts_come_before_what_they_lead_to_with_their_signature() throws NotJson {
    String detail = "'reasoning_details':[{'format':'anthropic-claude-v1','type':";
    String[] chunks = {
      "{'role':'assistant','content':''}",
      // What does not change is said once, at the beginning.
      "{" + detail + "'reasoning.text','index':0}]}",
      "{'reasoning_content':'Hm','reasoning_details':[{'type':'reasoning.text','index':0,'text':'Hm'}]}",
      "{'reasoning_details':[{'type':'reasoning.text','index':0,'signature':'sig'}]}",
      "{" + detail + "'reasoning.text','index':1,'text':'Ha'}]}",
      "{" + detail + "'reasoning.encrypted','index':2,'data':'xyz'}]}",
      "{'content':'So.'}",
      "{} length"
    };
    assertEquals(
        List.of(
            "message_start msg_1 alpha/m",
            "start 0 thinking",
            "delta 0 thinking_delta Hm",
            "delta 0 signature_delta sig",
            "stop 0",
            "start 1 thinking",
            "delta 1 thinking_delta Ha",
            "stop 1",
            "start 2 redacted_thinking xyz",
            "stop 2",
            "start 3 text",
            "delta 3 text_delta So.",
            "stop 3",
            "message_delta max_tokens 9 in 2 out 0.000007",
            "message_stop"),
        lines(new MessageEvents(false), chunks));
  }

  @Test
  void unsigned_thoughts_are_for_those_who_asked() throws NotJson {
    String[] chunks = {"{'reasoning_content':'Hm'}", "{'content':'So.'}", "{} stop"};
    assertTrue(lines(new MessageEvents(true), chunks).contains("delta 0 thinking_delta Hm"));
    assertTrue(lines(new MessageEvents(false), chunks).contains("start 0 text"));
  }

  @Test
  void a_kept_answer_is_told_as_if_it_came_now() throws NotJson {
    var whole =
        new Completion(
            json(
                "{'id':'chatcmpl-1','model':'alpha/m','choices':[{'index':0,'finish_reason':'tool_calls','message':{'role':'assistant','content':'Look','tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':'{}'}}]}}],'usage':{'prompt_tokens':9,'completion_tokens':2,'cost':0}}"));
    var events = new MessageEvents(false);
    var told = new ArrayList<String>();
    for (ObjectNode chunk : whole.asChunks()) {
      told.addAll(lines(events.chunk(Json.text(chunk), chunk)));
    }
    told.addAll(lines(events.end(whole.usageChunk())));
    assertEquals(
        List.of(
            "message_start msg_1 alpha/m",
            "start 0 text",
            "delta 0 text_delta Look",
            "stop 0",
            "start 1 tool_use a f {}",
            "delta 1 input_json_delta {}",
            "stop 1",
            "message_delta tool_use 9 in 2 out 0",
            "message_stop"),
        told);
  }

  @Test
  void an_answer_of_nothing_still_begins_and_ends() throws NotJson {
    assertEquals(
        List.of(
            "message_start msg_1 alpha/m",
            "message_delta end_turn 9 in 2 out 0.000007",
            "message_stop"),
        lines(new MessageEvents(false)));
  }

  /** Each delta may be followed by a blank and the reason why the answer ends with it. */
  private static List<String> lines(MessageEvents events, String... deltas) throws NotJson {
    var lines = new ArrayList<String>();
    for (String written : deltas) {
      int end = written.lastIndexOf('}') + 1;
      ObjectNode chunk = head();
      ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
      choice.set("delta", json(written.substring(0, end)));
      choice.put("finish_reason", end == written.length() ? null : written.substring(end + 1));
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

  private static ObjectNode head() {
    return Json.object().put("id", "chatcmpl-1").put("model", "alpha/m");
  }

  private static List<String> lines(byte[] events) throws NotJson {
    var lines = new ArrayList<String>();
    for (String event : new String(events, StandardCharsets.UTF_8).split("\n\n")) {
      if (event.isEmpty()) {
        continue;
      }
      String[] parts = event.split("\ndata: ");
      JsonNode data = Json.parse(parts[1]);
      assertEquals("event: " + data.path("type").asText(), parts[0]);
      lines.add(line(data));
    }
    return lines;
  }

  private static String line(JsonNode event) {
    String index = event.path("index").asText();
    JsonNode block = event.path("content_block");
    JsonNode delta = event.path("delta");
    return switch (event.path("type").asText()) {
      case "message_start" ->
          "message_start %s %s"
              .formatted(event.at("/message/id").asText(), event.at("/message/model").asText());
      case "content_block_start" ->
          ("start "
                  + index
                  + " "
                  + block.path("type").asText()
                  + " "
                  + String.join(
                      " ",
                      block.path("id").asText(),
                      block.path("name").asText(),
                      block.path("data").asText(),
                      block.has("input") ? Json.text(block.path("input")) : ""))
              .strip()
              .replaceAll(" +", " ");
      case "content_block_delta" ->
          "delta "
              + index
              + " "
              + delta.path("type").asText()
              + " "
              + delta.path("text").asText()
              + delta.path("thinking").asText()
              + delta.path("signature").asText()
              + delta.path("partial_json").asText();
      case "content_block_stop" -> "stop " + index;
      case "message_delta" ->
          "message_delta %s %s in %s out %s"
              .formatted(
                  delta.path("stop_reason").asText(),
                  event.at("/usage/input_tokens").asText(),
                  event.at("/usage/output_tokens").asText(),
                  event.at("/usage/cost").decimalValue().toPlainString());
      default -> event.path("type").asText();
    };
  }

  private static ObjectNode json(String text) throws NotJson {
    return Json.parseObject(
        text.replace('\'', '"').replace("^", "\\\"").getBytes(StandardCharsets.UTF_8));
  }
}
