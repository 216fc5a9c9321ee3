package dev.flotilla.router.confidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.json.Json;
import dev.flotilla.router.exchange.Completion;
import org.junit.jupiter.api.Test;

class AgreementTest {
  static Completion saying(String text) {
    var body = Json.object();
    body.putArray("choices").addObject().putObject("message").put("content", text);
    return new Completion(body);
  }

  private static Completion calling(String arguments) {
    var body = Json.object();
    var message = body.putArray("choices").addObject().putObject("message");
    message.putNull("content");
    message
        .putArray("tool_calls")
        .addObject()
        .putObject("function")
        .put("name", "find")
        .put("arguments", arguments);
    return new Completion(body);
  }

  @Test
  void texts_agree_by_what_they_have_in_common_whatever_their_case_and_punctuation() {
    assertEquals(1, Agreement.of(saying("It is 42."), saying("it is: 42!"), false));
    assertEquals(0, Agreement.of(saying("Yes"), saying("No"), false));
    double close =
        Agreement.of(saying("The tide turns at six"), saying("The tide turns at seven"), false);
    assertTrue(close > 0.5 && close < 1, "" + close);
    assertEquals(1, Agreement.of(saying(""), saying(""), false));
    assertTrue(Agreement.of(saying("潮は六時に変わる"), saying("潮は七時に変わる"), false) > 0.3);
  }

  @Test
  void json_agrees_by_equal_values_at_equal_places() {
    assertEquals(
        1, Agreement.of(saying("{\"a\":1.0,\"b\":[2]}"), saying("{\"b\":[2],\"a\":1}"), true));
    assertEquals(0.5, Agreement.of(saying("{\"a\":1,\"b\":2}"), saying("{\"a\":1,\"b\":3}"), true));
    assertEquals(0, Agreement.of(saying("{\"a\":1}"), saying("sorry"), true));
  }

  @Test
  void calls_of_tools_agree_by_function_and_arguments() {
    assertEquals(1, Agreement.of(calling("{\"q\": \"x\"}"), calling("{\"q\":\"x\"}"), false));
    assertEquals(0.5, Agreement.of(calling("{\"q\":\"x\"}"), calling("{\"q\":\"y\"}"), false));
  }

  @Test
  void what_an_answer_states_of_itself_is_read_at_its_end_only() {
    assertEquals(1.0, Signs.stated(saying("It is 42.\nConfidence: HIGH")));
    assertEquals(0.0, Signs.stated(saying("It is 42. **Confidence: low**")));
    assertNull(Signs.stated(saying("Confidence: HIGH is what I would say of others")));
    assertNull(Signs.stated(saying("the tide is high")));
  }
}
