package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ONCE_A_MINUTE_KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnexpectedStatusCodeException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What limits and ceilings look like to OpenAI's SDK and to LangChain4j. */
@ExtendWith(SharedFleet.class)
class ClientLimitsIT {
  private static final String TOO_LITTLE = "0.000000001";

  /** For a hundred tokens at the price of the tests' models. */
  private static final String ENOUGH_FOR_ONE = "0.00006";

  private final FleetUnderTest fleet;

  ClientLimitsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void a_ceiling_below_the_price_is_402_and_openai_java_asks_once() {
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    try (var door = door()) {
      OpenAIClient client = openAi(door, KEY);
      var byHeader =
          assertThrows(
              UnexpectedStatusCodeException.class,
              () ->
                  client
                      .chat()
                      .completions()
                      .create(
                          params("too dear by header")
                              .putAdditionalHeader("x-max-cost-usd", TOO_LITTLE)
                              .build()));
      var byBody =
          assertThrows(
              UnexpectedStatusCodeException.class,
              () ->
                  client
                      .chat()
                      .completions()
                      .create(
                          params("too dear by body")
                              .putAdditionalBodyProperty(
                                  "route", JsonValue.from(Map.of("max_cost_usd", 0.000000001)))
                              .build()));
      for (var refused : List.of(byHeader, byBody)) {
        assertEquals(402, refused.statusCode());
        assertEquals("insufficient_quota", refused.type().orElseThrow());
        assertEquals("max_cost_exceeded", refused.code().orElseThrow());
        assertTrue(refused.body().toString().contains("source=router"), refused.body().toString());
      }
      assertEquals(2, door.requests());
      client.close();
    }
    assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests());
  }

  @Test
  void a_ceiling_below_the_price_is_402_and_langchain4j_asks_once() {
    try (var door = door()) {
      var model = langchain(door, KEY).customHeaders(Map.of("x-max-cost-usd", TOO_LITTLE)).build();
      var refused = assertThrows(LangChain4jException.class, () -> model.chat("too dear"));
      assertEquals(402, httpCause(refused).statusCode());
      assertTrue(
          String.valueOf(httpCause(refused).getMessage()).contains("max_cost_exceeded"),
          refused.getMessage());
      assertEquals(1, door.requests());
    }
  }

  @Test
  void langchain4j_repeats_an_exhausted_chain_and_the_models_are_asked_once() {
    fleet.alpha.always(Behaviour.badJson());
    fleet.beta.always(Behaviour.badJson());
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    try (var door = door()) {
      var model = langchain(door, KEY).build();
      var failed =
          assertThrows(LangChain4jException.class, () -> model.chat("LangChain4j finds nobody"));
      assertEquals(503, httpCause(failed).statusCode());
      assertTrue(
          String.valueOf(httpCause(failed).getMessage()).contains("all_providers_failed"),
          failed.getMessage());
      assertEquals(3, door.requests());
    }
    assertEquals(asked + 2, fleet.alpha.requests() + fleet.beta.requests());
  }

  @Test
  void a_key_with_one_request_a_minute_is_told_when_to_come_back() {
    try (var door = door()) {
      OpenAIClient client =
          OpenAIOkHttpClient.builder()
              .baseUrl(door.baseUrl())
              .apiKey(ONCE_A_MINUTE_KEY)
              .maxRetries(0)
              .build();
      // Another run of this test within the minute has used up what there is.
      var throttled =
          assertThrows(
              RateLimitException.class,
              () -> {
                for (int i = 0; i < 2; i++) {
                  client.chat().completions().create(params("once a minute, " + i).build());
                }
              });
      assertEquals("rate_limit_exceeded", throttled.code().orElseThrow());
      assertTrue(Set.of("requests", "tokens").contains(throttled.type().orElseThrow()));
      int seconds = Integer.parseInt(throttled.headers().values("retry-after").getFirst());
      // Up to 0.6 s more than the minute: what is counted are slots of that length.
      assertTrue(seconds >= 1 && seconds <= 61, "retry-after " + seconds);
      assertTrue(throttled.body().toString().contains("source=router"), throttled.toString());
      client.close();

      var model = langchain(door, ONCE_A_MINUTE_KEY).maxRetries(0).build();
      assertThrows(
          dev.langchain4j.exception.RateLimitException.class,
          () -> model.chat("LangChain4j, once a minute"));
    }
  }

  @Test
  @FaultRow(row = 57, fault = "forged addresses, another case of the key, another way to show it")
  void nothing_a_caller_writes_gives_a_key_more_than_its_limit() {
    fleet.chat(ONCE_A_MINUTE_KEY, ask("auto", "the one there is"));
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    String[][] tricks = {
      {"x-forwarded-for", "203.0.113.7"},
      {"forwarded", "for=203.0.113.8"},
      {"x-real-ip", "203.0.113.9"},
      {"x-flotilla-key", "k_other"},
      {"x-flotilla-team", "other"},
      {"idempotency-key", "something new"},
      {"x-stainless-retry-count", "1"}
    };
    for (String[] trick : tricks) {
      HttpResponse<String> answer =
          fleet.chat(ONCE_A_MINUTE_KEY, ask("auto", trick[0]), trick[0], trick[1]);
      assertEquals(429, answer.statusCode(), trick[0] + ": " + answer.body());
      assertEquals("rate_limit_exceeded", json(answer.body()).at("/error/code").asText());
      assertTrue(
          Integer.parseInt(answer.headers().firstValue("retry-after").orElseThrow()) >= 1,
          trick[0]);
    }
    for (String key :
        List.of(
            ONCE_A_MINUTE_KEY.toUpperCase(Locale.ROOT), "Sk-once-a-minute", "sk-once-a-minutE")) {
      assertEquals(401, fleet.chat(key, ask("auto", key)).statusCode(), key);
    }
    assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests());
  }

  @Test
  @FaultRow(row = 51, fault = "negative, zero, fractional and huge counts")
  @FaultRow(row = 59, fault = "a thousand answers to one request")
  void numbers_of_answers_and_tokens_that_make_no_sense_are_refused() {
    for (String member :
        List.of(
            "n\":0",
            "n\":-1",
            "n\":\"two",
            "n\":1000",
            "n\":1.5",
            "max_tokens\":-5",
            "max_completion_tokens\":0",
            "max_tokens\":\"many",
            "temperature\":\"hot")) {
      String name = member.substring(0, member.indexOf('"'));
      String value = member.substring(member.indexOf(':') + 1);
      String written = value.startsWith("\"") ? value + "\"" : value;
      long asked = fleet.alpha.requests();
      HttpResponse<String> answer =
          fleet.chat(
              ask("auto", member.replace("\"", ""))
                  .replaceFirst("\\{", "{\"" + name + "\":" + written + ","));
      assertEquals(400, answer.statusCode(), member + ": " + answer.body());
      assertEquals(name, json(answer.body()).at("/error/param").asText());
      assertEquals(asked, fleet.alpha.requests());
    }
  }

  @Test
  @FaultRow(row = 51, fault = "many answers and long ones to one request")
  @FaultRow(row = 59, fault = "many answers, the longest answers and pictures")
  void what_makes_a_request_dearer_counts_before_anything_is_spent() {
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    for (String dear :
        List.of(
            "\"n\":8,\"max_tokens\":100",
            "\"max_tokens\":1000000",
            "\"max_completion_tokens\":1000000,\"reasoning_effort\":\"high\"")) {
      assertTooDear(ask("auto", "how dear?").replaceFirst("\\{", "{" + dear + ","));
    }
    assertTooDear(
        """
        {"model":"auto","max_tokens":100,"messages":[{"role":"user","content":[{"type":"image_url",\
        "image_url":{"url":"https://example.org/large.png"}}]}]}""");
    assertEquals(asked, fleet.alpha.requests() + fleet.beta.requests());
    HttpResponse<String> cheap =
        fleet.chat(
            KEY,
            ask("auto", "how cheap?").replaceFirst("\\{", "{\"max_tokens\":100,"),
            "x-max-cost-usd",
            ENOUGH_FOR_ONE);
    assertEquals(200, cheap.statusCode(), cheap.body());
  }

  private void assertTooDear(String body) {
    HttpResponse<String> answer = fleet.chat(KEY, body, "x-max-cost-usd", ENOUGH_FOR_ONE);
    assertEquals(402, answer.statusCode(), body + ": " + answer.body());
    assertEquals("max_cost_exceeded", json(answer.body()).at("/error/code").asText());
  }

  private CountingDoor door() {
    return new CountingDoor(fleet.fleet.url(), fleet.http);
  }

  private static OpenAIClient openAi(CountingDoor door, String key) {
    return OpenAIOkHttpClient.builder().baseUrl(door.baseUrl()).apiKey(key).build();
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder langchain(CountingDoor door, String key) {
    return OpenAiChatModel.builder().baseUrl(door.baseUrl()).apiKey(key).modelName("auto");
  }

  private static ChatCompletionCreateParams.Builder params(String text) {
    return ChatCompletionCreateParams.builder().model("auto").addUserMessage(text);
  }

  private static HttpException httpCause(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof HttpException http) {
        return http;
      }
    }
    throw new AssertionError("no HTTP answer in " + thrown, thrown);
  }
}
