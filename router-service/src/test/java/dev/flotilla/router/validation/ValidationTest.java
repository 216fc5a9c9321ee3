package dev.flotilla.router.validation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.Requests;
import dev.flotilla.router.exchange.AskedChecks.Rule;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.testkit.FaultRow;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValidationTest {
  private static final String SCHEMA =
      """
      "response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{
        "type":"object","required":["score"],"properties":{"score":{"type":"number","minimum":0}}}}}""";

  private final Validation validation = new Validation();

  @Test
  @FaultRow(row = 24, fault = "an empty answer, an answer without choices, a refusal")
  @FaultRow(row = 25, fault = "a filtered answer that says so")
  void prose_is_accepted_also_when_its_caller_cut_it_but_not_when_it_is_empty() throws Exception {
    Validators prose = of(request(""));
    accepts(prose, answer("hello", "stop"));
    accepts(prose, answer("hel", "length"));
    accepts(prose, answer("", "content_filter").replace("\"content\":\"\"", "\"refusal\":\"no\""));
    refuses(prose, answer("  ", "stop"), "non_empty");
    refuses(prose, "{\"choices\":[]}", "non_empty");
    refuses(prose, answer("hello", "stop").replace("\"stop\"", "null"), "finished");
    assertFalse(prose.holdBack());
  }

  @Test
  @FaultRow(row = 26, fault = "JSON cut by the limit of tokens")
  void json_that_was_asked_for_must_come_whole_and_as_its_schema_says() throws Exception {
    Validators json = of(request(SCHEMA));
    accepts(json, answer("{\\\"score\\\": 4.5}", "stop"));
    refuses(json, answer("{\\\"score\\\": -1}", "stop"), "json_schema");
    refuses(json, answer("{\\\"points\\\": 1}", "stop"), "json_schema");
    refuses(json, answer("{\\\"score\\\": 4.5", "stop"), "json");
    refuses(json, answer("here you are: {}", "stop"), "json");
    refuses(json, answer("{\\\"score\\\": 4.5}", "length"), "finished");
    accepts(json, answer("", "stop").replace("\"content\":\"\"", "\"refusal\":\"no\""));
    Validators object = of(request("\"response_format\":{\"type\":\"json_object\"}"));
    accepts(object, answer("{}", "stop"));
    refuses(object, answer("[]", "stop"), "json");
  }

  @Test
  void schemas_of_older_drafts_are_understood() throws Exception {
    for (String draft :
        List.of(
            "http://json-schema.org/draft-07/schema#",
            "https://json-schema.org/draft/2020-12/schema")) {
      Validators json =
          of(
              request(
                  SCHEMA.replace(
                      "\"type\":\"object\"", "\"$schema\":\"" + draft + "\",\"type\":\"object\"")));
      accepts(json, answer("{\\\"score\\\": 1}", "stop"));
      refuses(json, answer("{\\\"score\\\": \\\"x\\\"}", "stop"), "json_schema");
    }
  }

  @Test
  @FaultRow(row = 27, fault = "arguments that are no JSON, a function nobody offered")
  void a_function_is_called_only_if_it_was_offered_and_with_arguments_that_are_some()
      throws Exception {
    Validators tools =
        of(
            request(
                """
                "tools":[{"type":"function","function":{"name":"weather","strict":true,"parameters":
                  {"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}}},
                 {"type":"function","function":{"name":"now"}}]"""));
    accepts(tools, calls("weather", "{\\\"city\\\":\\\"Riga\\\"}"));
    accepts(tools, calls("now", ""));
    refuses(tools, calls("weather", "{\\\"city\\\":4}"), "tool_arguments");
    refuses(tools, calls("weather", "{\\\"city\\\":"), "tool_arguments");
    refuses(tools, calls("now", "4"), "tool_arguments");
    refuses(tools, calls("drop_tables", "{}"), "tool_arguments");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "output.score >= 4 && output.score < 8 | true",
        "output.score > 7.4 | true",
        "output.items.exists(i, i.price == 2) | true",
        "output.items.all(i, i.name.startsWith('a')) | false",
        "output.missing == 1 | false",
        "has(output.missing) | false",
        "size(text) < 10 | false",
        "text.matches('sco.e') | true",
        "finish_reason == 'stop' | true",
        "size(tool_calls) == 0 | true",
        "output.nothing == null | true"
      })
  void a_rule_sees_the_answer_and_what_it_cannot_say_does_not_hold(String rule, boolean holds)
      throws Exception {
    Validators rules = validation.of(request(""), List.of(new Rule(rule, null)));
    String answer =
        answer(
            "{\\\"score\\\":7.5,\\\"nothing\\\":null,\\\"items\\\":[{\\\"price\\\":2,\\\"name\\\":\\\"b\\\"}]}",
            "stop");
    assertTrue(rules.holdBack());
    if (holds) {
      accepts(rules, answer);
    } else {
      refuses(rules, answer, "rule");
    }
  }

  @Test
  void a_rule_says_what_its_author_wrote() throws Exception {
    Validators rules =
        validation.of(request(""), List.of(new Rule("size(output) < 3", "too long")));
    accepts(rules, answer("hi", "stop"));
    var refused = refuses(rules, answer("hello", "stop"), "rule");
    assertEquals("too long", refused.broken().getFirst().message());
  }

  @Test
  void no_pattern_schema_or_rule_of_a_caller_runs_for_ever() throws Exception {
    String text = "a".repeat(50) + "!";
    Validators pattern =
        of(
            request(
                """
                "route":{"validate":{"schema":{"type":"object","properties":{"x":{"pattern":"^(a+)+$"}}}}}"""));
    Validators itself = of(request("\"route\":{\"validate\":{\"schema\":{\"$ref\":\"#\"}}}"));
    Validators loops =
        validation.of(
            request(""),
            List.of(
                new Rule(
                    "output.x.split('').all(a, output.x.split('').all(b, output.x.split('').all(c, a == a)))",
                    null)));
    String answer = answer("{\\\"x\\\":\\\"" + text + "\\\"}", "stop");
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          refuses(pattern, answer, "json_schema");
          refuses(itself, answer, "json_schema");
          refuses(loops, answer, "rule");
        });
  }

  @Test
  void nothing_is_fetched_for_a_schema() {
    var bad =
        assertThrows(
            BadCheck.class,
            () ->
                of(
                    request(
                        "\"route\":{\"validate\":{\"schema\":{\"$ref\":\"http://127.0.0.1:9/x\"}}}")));
    assertEquals("route.validate.schema", bad.place());
  }

  private Validators of(ChatRequest request) throws BadCheck {
    return validation.of(request, List.of());
  }

  private static void accepts(Validators validators, String completion) throws NotJson {
    assertInstanceOf(Judgement.Accepted.class, judge(validators, completion), completion);
  }

  private static Judgement.Refused refuses(Validators validators, String completion, String rule)
      throws NotJson {
    var refused =
        assertInstanceOf(Judgement.Refused.class, judge(validators, completion), completion);
    assertEquals(
        rule,
        refused.broken().stream().map(BrokenRule::rule).distinct().collect(Collectors.joining()));
    return refused;
  }

  private static Judgement judge(Validators validators, String completion) throws NotJson {
    return validators.judge(
        new Completion(
            Json.parseObject(completion.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
  }

  private static ChatRequest request(String more) {
    return Requests.of(
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]"
            + (more.isEmpty() ? "" : "," + more)
            + "}");
  }

  private static String answer(String content, String finish) {
    return "{\"choices\":[{\"index\":0,\"finish_reason\":\""
        + finish
        + "\",\"message\":{\"role\":\"assistant\",\"content\":\""
        + content
        + "\"}}]}";
  }

  private static String calls(String name, String arguments) {
    return "{\"choices\":[{\"index\":0,\"finish_reason\":\"tool_calls\",\"message\":{\"role\":\"assistant\","
        + "\"content\":null,\"tool_calls\":[{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\""
        + name
        + "\",\"arguments\":\""
        + arguments
        + "\"}}]}}]}";
  }
}
