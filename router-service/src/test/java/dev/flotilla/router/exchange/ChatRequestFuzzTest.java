package dev.flotilla.router.exchange;

import dev.flotilla.router.ReadRequest;
import dev.flotilla.testkit.Fuzz;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChatRequestFuzzTest {
  private static final List<String> REQUESTS =
      List.of(
          "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"Translate this into French\"}]}",
          """
          {"model":"deepseek/deepseek-v4-flash","models":["fast"],"stream":true,"stream_options":{"include_usage":true},
           "max_tokens":100,"temperature":0.2,"top_p":1,"n":1,"stop":["x"],"seed":7,"user":"u",
           "metadata":{"feature":"search","project":"web"},
           "messages":[{"role":"system","content":"Be short."},
             {"role":"user","content":[{"type":"text","text":"What is it?"},
               {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c1","content":"7"}],
           "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"auto",
           "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}}}}""",
          """
          {"model":"auto/bulk","messages":[{"role":"user","content":"x"}],
           "route":{"task_type":"bulk","quality_threshold":8,"fallbacks":["fast"],"max_cost_usd":"0.01","timeout":"PT10S",
             "best_effort":"last","cache":"no-store","avoid":["sim-north/*"],"dry_run":false}}""");

  @Test
  void whatever_is_asked_is_planned_or_refused_in_openais_words() {
    Fuzz.of("chat", REQUESTS)
        .with(
            "\"route\":{",
            "\"messages\":[",
            "\"role\":",
            "auto/",
            "\"json_schema\"",
            "\"$ref\":\"#\"")
        .run(4_000, input -> ReadRequest.isUsable(ChatRequest.parse(input)));
  }

  @Test
  void whatever_is_in_a_header_is_a_hint_or_refused_in_openais_words() {
    byte[] body =
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Fuzz.of(
            "hints",
            List.of(
                "bulk", "8", "fast,balanced", "0.01", "PT10S", "10", "last", "no-store", "true"))
        .run(
            2_000,
            input -> {
              String value = new String(input, java.nio.charset.StandardCharsets.ISO_8859_1);
              ReadRequest.isUsable(ChatRequest.parse(body, name -> Optional.of(value), Hints.NONE));
            });
  }
}
