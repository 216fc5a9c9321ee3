package dev.flotilla.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an upstream does is the same in every dialect; how it says so is the dialect's own. */
class UpstreamDialectTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANTHROPIC =
      """
      {"model":"m","max_tokens":500,"system":"Be brief.","messages":[{"role":"user","content":"hello there"}]}""";
  private static final String GEMINI =
      """
      {"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"hello there"}]}]}""";
  private static final String OPENAI =
      """
      {"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"hello there"}]}""";

  private final CountingUpstream openai = CountingUpstream.start();
  private final CountingUpstream anthropic = CountingUpstream.start(UpstreamDialect.ANTHROPIC);
  private final CountingUpstream gemini = CountingUpstream.start(UpstreamDialect.GEMINI);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void close() {
    client.shutdownNow();
    openai.close();
    anthropic.close();
    gemini.close();
  }

  @Test
  void the_same_texts_cost_the_same() throws Exception {
    chat(OPENAI);
    messages(ANTHROPIC);
    generate(":generateContent", GEMINI);
    assertNotNull(openai.bills().get("a"));
    assertEquals(openai.bills().get("a"), anthropic.bills().get("a"));
    assertEquals(openai.bills().get("a"), gemini.bills().get("a"));
  }

  @Test
  void each_ends_a_stream_in_its_own_way() throws Exception {
    String events = messages(ANTHROPIC.replaceFirst("\\{", "{\"stream\":true,")).body();
    assertTrue(events.startsWith("event: message_start\n"), events);
    assertTrue(events.endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
    String answers = generate(":streamGenerateContent?alt=sse", GEMINI).body();
    String last = answers.substring(answers.lastIndexOf("data: ") + "data: ".length());
    JsonNode end = JSON.readTree(last);
    assertEquals("STOP", end.at("/candidates/0/finishReason").asText(), last);
    long output = gemini.bills().get("a").completionTokens();
    assertEquals(output, end.at("/usageMetadata/candidatesTokenCount").asLong());
  }

  @Test
  void each_fails_in_its_own_words() throws Exception {
    anthropic.always(Behaviour.status(529));
    gemini.always(Behaviour.status(429));
    JsonNode busy = JSON.readTree(messages(ANTHROPIC).body());
    assertEquals("overloaded_error", busy.at("/error/type").asText());
    HttpResponse<String> throttled = generate(":generateContent", GEMINI);
    assertEquals(429, throttled.statusCode());
    assertEquals(
        "RESOURCE_EXHAUSTED", JSON.readTree(throttled.body()).at("/error/status").asText());
  }

  @Test
  void what_the_real_ones_refuse_is_refused_and_costs_nothing() throws Exception {
    assertEquals(400, messages(ANTHROPIC.replace("\"max_tokens\":500,", "")).statusCode());
    assertEquals(
        400,
        messages(
                ANTHROPIC.replace(
                    "\"hello there\"",
                    "[{\"type\":\"tool_result\",\"tool_use_id\":\"x\",\"content\":\"1\"}]"))
            .statusCode());
    String called =
        GEMINI.replace(
            "}]}]}",
            "}]},{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\"}}]},{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"name\":\"f\",\"response\":{}}}]}]}");
    HttpResponse<String> unsigned = generate(":generateContent", called);
    assertEquals(400, unsigned.statusCode());
    assertTrue(unsigned.body().contains("thought_signature"), unsigned.body());
    assertEquals(0, anthropic.bills().size() + gemini.bills().size());
  }

  private HttpResponse<String> chat(String body) throws Exception {
    return post(openai.baseUrl() + "/chat/completions", body);
  }

  private HttpResponse<String> messages(String body) throws Exception {
    return post(
        anthropic.baseUrl() + "/v1/messages",
        body,
        "x-api-key",
        "k",
        "anthropic-version",
        "2023-06-01");
  }

  private HttpResponse<String> generate(String method, String body) throws Exception {
    return post(gemini.baseUrl() + "/models/m" + method, body, "x-goog-api-key", "k");
  }

  private HttpResponse<String> post(String address, String body, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(address))
            .header("x-client-request-id", "a")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
