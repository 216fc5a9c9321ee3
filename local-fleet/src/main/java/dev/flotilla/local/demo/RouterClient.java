package dev.flotilla.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Speaks to the router as any caller would, and reads what it says about each answer. */
public final class RouterClient {
  static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static final Duration EXPLANATION_PATIENCE = Duration.ofSeconds(4);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  private final URI router;
  private final String key;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  public RouterClient(URI router, String key) {
    this.router = router;
    this.key = key;
  }

  /** Sends a chat request; a streamed one is read to its end. */
  public Answer ask(ObjectNode body) throws IOException, InterruptedException {
    var request =
        to("/v1/chat/completions")
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    var response = send(request);
    if (response.statusCode() != 200) {
      return answer(response, MissingNode.getInstance(), false, refusal(response));
    }
    if (!body.path("stream").asBoolean()) {
      var completion = JSON.readTree(response.body());
      return answer(
          response,
          completion,
          false,
          completion.path("choices").isEmpty() ? "the answer has no choices" : null);
    }
    return streamed(response);
  }

  /** What the ledger holds by now, all pages of it. */
  LedgerTotals ledger() throws IOException, InterruptedException {
    var totals = LedgerTotals.NONE;
    var page = "";
    do {
      var response =
          send(to("/v1/costs?group_by=model&include_simulated=true" + page).GET().build());
      if (response.statusCode() != 200) {
        throw new IOException(
            "The ledger answered " + response.statusCode() + ": " + refusal(response));
      }
      var body = JSON.readTree(response.body());
      totals = totals.plus(LedgerTotals.of(body));
      var next = body.path("has_more").asBoolean() ? body.path("next_page").asText("") : "";
      page = next.isEmpty() ? "" : "&page=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
    } while (!page.isEmpty());
    return totals;
  }

  /** What routing and caching saved since a moment, all task types together. */
  Savings savings(Instant since, boolean simulated) throws IOException, InterruptedException {
    var response = send(to("/v1/costs/savings?include_simulated=true&from=" + since).GET().build());
    if (response.statusCode() != 200) {
      throw new IOException(
          "The report of savings answered " + response.statusCode() + ": " + refusal(response));
    }
    return Savings.of(JSON.readTree(response.body()), simulated);
  }

  /** Has something reviewed, and waits for the decision. */
  Judgement review(ObjectNode body) throws IOException, InterruptedException {
    var response =
        send(
            to("/v1/reviews")
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build());
    if (response.statusCode() != 201) {
      throw new IOException("The review was refused: " + refusal(response));
    }
    return Judgement.of(JSON.readTree(response.body()));
  }

  /**
   * The trace of a request, from the ledger, which hears of it a moment after the answer.
   *
   * @return empty when the request is not known or was not traced
   */
  public Optional<String> traceOf(String requestId) throws IOException, InterruptedException {
    return awaitStory(
        requestId,
        EXPLANATION_PATIENCE,
        story -> Optional.of(story.path("trace_id").asText("")).filter(known -> !known.isEmpty()));
  }

  /**
   * What a request cost according to the ledger, which hears of it a moment after the answer.
   *
   * @return USD of all its attempts; empty when none is settled within the patience
   */
  public Optional<BigDecimal> costInLedger(String requestId, Duration patience)
      throws IOException, InterruptedException {
    return awaitStory(
        requestId,
        patience,
        story -> {
          var attempts = story.path("attempts");
          return attempts.findValuesAsText("state").contains("settled")
              ? Optional.of(
                  attempts.findValues("cost_usd").stream()
                      .map(JsonNode::decimalValue)
                      .reduce(BigDecimal.ZERO, BigDecimal::add))
              : Optional.empty();
        });
  }

  /** What is looked for in a request's story, as soon as it is there. */
  private <T> Optional<T> awaitStory(
      String requestId, Duration patience, Function<JsonNode, Optional<T>> looked)
      throws IOException, InterruptedException {
    var deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      var response =
          send(
              to("/v1/requests/" + URLEncoder.encode(requestId, StandardCharsets.UTF_8))
                  .GET()
                  .build());
      Optional<T> found =
          response.statusCode() == 200
              ? looked.apply(JSON.readTree(response.body()))
              : Optional.empty();
      if (found.isPresent() || System.nanoTime() > deadline) {
        return found;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(router.resolve(path))
        .timeout(Duration.ofMinutes(2))
        .header("authorization", "Bearer " + key);
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new IOException(
          "Nobody answers at " + router + "; look at ./fleet status, and at the router's log", e);
    }
  }

  private Answer streamed(HttpResponse<String> response) throws JsonProcessingException {
    JsonNode usage = MissingNode.getInstance();
    var finished = false;
    @Nullable String problem = null;
    for (var data : dataOf(response.body())) {
      if (data.equals("[DONE]")) {
        finished = true;
        continue;
      }
      var chunk = JSON.readTree(data);
      if (chunk.has("error")) {
        problem = "the stream broke: " + chunk.path("error").path("message").asText();
      }
      if (chunk.path("usage").isObject()) {
        usage = chunk;
      }
    }
    if (problem == null && !finished) {
      problem = "the stream ended without [DONE]";
    }
    return answer(response, usage, true, problem);
  }

  private static List<String> dataOf(String events) {
    return events
        .lines()
        .filter(line -> line.startsWith("data:"))
        .map(line -> line.substring("data:".length()).strip())
        .toList();
  }

  private static Answer answer(
      HttpResponse<String> response, JsonNode body, boolean streamed, @Nullable String problem) {
    var headers = response.headers();
    var usage = body.path("usage");
    // The header counts what the whole request spent, attempts in vain included; a stream can only
    // say so at its end.
    var cost =
        header(headers, "x-cost-usd").isEmpty()
            ? usage.path("cost").decimalValue()
            : new BigDecimal(header(headers, "x-cost-usd"));
    return new Answer(
        response.statusCode(),
        header(headers, "x-request-id"),
        header(headers, "x-task-type"),
        header(headers, "x-model-used").isEmpty()
            ? body.path("model").asText("")
            : header(headers, "x-model-used"),
        usage.path("prompt_tokens").asLong(),
        usage.path("completion_tokens").asLong(),
        cost,
        header(headers, "x-cache"),
        (int) headers.firstValueAsLong("x-fallback-count").orElse(0),
        header(headers, "x-fallback-reason"),
        streamed,
        problem);
  }

  private static String refusal(HttpResponse<String> response) {
    try {
      var body = JSON.readTree(response.body());
      var message = body.path("error").path("message").asText(body.path("detail").asText(""));
      return response.statusCode() + (message.isEmpty() ? "" : " " + message);
    } catch (JsonProcessingException e) {
      return Integer.toString(response.statusCode());
    }
  }

  private static String header(HttpHeaders headers, String name) {
    return headers.firstValue(name).orElse("");
  }
}
