package dev.flotilla.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CountingUpstreamTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CountingUpstream upstream = CountingUpstream.start();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void close() {
    client.shutdownNow();
    upstream.close();
  }

  @Test
  void the_bill_is_what_the_answer_says() throws Exception {
    JsonNode usage = JSON.readTree(ask("a1", "hello there", false).body()).path("usage");
    Bill bill = billOf("a1");
    assertEquals(3, bill.promptTokens());
    assertEquals(usage.path("prompt_tokens").asLong(), bill.promptTokens());
    assertEquals(usage.path("completion_tokens").asLong(), bill.completionTokens());
    assertEquals(1, bill.times());
  }

  @Test
  void a_stream_carries_the_same_usage_and_says_that_it_is_done() throws Exception {
    ask("plain", "hello there", false);
    String stream = ask("streamed", "hello there", true).body();
    assertTrue(stream.endsWith("data: [DONE]\n\n"), stream);
    assertTrue(stream.contains("\"usage\""), stream);
    assertEquals(billOf("plain"), billOf("streamed"));
  }

  @Test
  void the_same_attempt_twice_shows_on_the_bill() throws Exception {
    ask("twice", "hello", false);
    ask("twice", "hello", false);
    assertEquals(2, billOf("twice").times());
  }

  @Test
  void an_error_is_not_billed_and_what_follows_is_answered() throws Exception {
    upstream.next(1, Behaviour.rateLimited(Duration.ofSeconds(7)));
    var refused = ask("r1", "hello", false);
    assertEquals(429, refused.statusCode());
    assertEquals("7", refused.headers().firstValue("retry-after").orElse(""));
    assertEquals(200, ask("r2", "hello", false).statusCode());
    assertFalse(upstream.bills().containsKey("r1"));
  }

  @Test
  void a_cut_stream_fails_at_the_client_and_bills_what_was_generated() {
    upstream.next(1, Behaviour.cutAfter(1));
    assertThrows(IOException.class, () -> ask("cut", "hello there", true));
    assertEquals(4, billOf("cut").completionTokens());
  }

  @Test
  void hanging_up_and_hanging_fail_at_the_client() {
    upstream.next(1, Behaviour.hang());
    assertThrows(HttpTimeoutException.class, () -> ask("h1", "hello", false));
    upstream.awaitRequests(1, Duration.ofSeconds(1));
    // Twice: the JDK client silently tries once more on a connection it had kept alive.
    upstream.next(2, Behaviour.hangUp());
    assertThrows(IOException.class, () -> ask("h2", "hello", false));
    assertEquals(0, upstream.bills().size());
  }

  @Test
  void thousands_of_requests_are_each_billed_once() throws Exception {
    try (var threads = Executors.newFixedThreadPool(8)) {
      var calls =
          IntStream.range(0, 3_000)
              .<Callable<Integer>>mapToObj(
                  i -> () -> ask("m" + i, "hello " + i, false).statusCode())
              .toList();
      for (var call : threads.invokeAll(calls)) {
        assertEquals(200, result(call));
      }
    }
    assertEquals(3_000, upstream.bills().size());
    assertTrue(upstream.bills().values().stream().allMatch(bill -> bill.times() == 1));
    assertTrue(upstream.bills().values().stream().anyMatch(bill -> bill.cachedTokens() > 0));
  }

  private static int result(Future<Integer> call) throws InterruptedException, ExecutionException {
    return call.get();
  }

  private Bill billOf(String id) {
    Bill bill = upstream.bills().get(id);
    assertNotNull(bill);
    return bill;
  }

  private HttpResponse<String> ask(String id, String text, boolean stream)
      throws IOException, InterruptedException {
    String body =
        """
        {"model":"m","messages":[{"role":"user","content":"%s"}],"stream":%s,"stream_options":{"include_usage":true}}"""
            .formatted(text, stream);
    return client.send(
        HttpRequest.newBuilder(URI.create(upstream.baseUrl() + "/chat/completions"))
            .header("x-client-request-id", id)
            .timeout(Duration.ofSeconds(stream ? 10 : 1))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
