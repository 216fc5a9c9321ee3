package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks cost-service who answered a request of a caller's team. Thread-safe. */
public final class RequestStories {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient http;
  private final URI costService;
  private final ServiceToken token;

  public RequestStories(HttpClient http, URI costService, ServiceToken token) {
    this.http = http;
    this.costService = costService;
    this.token = token;
  }

  /** What is known of a request. */
  public sealed interface Story {
    /**
     * @param taskType what it was taken for; null when the caller named models
     * @param model catalogue id of the model that answered
     */
    record Answered(@Nullable String taskType, String model) implements Story {}

    /** It failed, or is not told of yet. */
    record NoAnswer() implements Story {}

    /** Nobody knows it. */
    record Unknown() implements Story {}

    /** cost-service does not answer. */
    record Away() implements Story {}
  }

  /**
   * @param requestId whatever a caller writes: nobody is asked for one that no request can have
   */
  public Story of(String requestId, Caller caller, String traceparent) {
    if (!mayBeOne(requestId)) {
      return new Story.Unknown();
    }
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    costService
                        + "/v1/requests/"
                        + URLEncoder.encode(requestId, StandardCharsets.UTF_8).replace("+", "%20")))
            .timeout(PATIENCE)
            .header("authorization", token.header())
            .header(FleetHeaders.TRACEPARENT, traceparent);
    caller.send(request::header);
    try {
      HttpResponse<byte[]> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      return switch (answer.statusCode()) {
        case 200 -> read(Json.parseObject(answer.body()));
        case 404 -> new Story.Unknown();
        default -> new Story.Away();
      };
    } catch (IOException | NotJson e) {
      return new Story.Away();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Story.Away();
    }
  }

  /** A server refuses some paths by closing the connection, which then fails somebody else. */
  private static boolean mayBeOne(String requestId) {
    return requestId.chars().noneMatch(Character::isISOControl)
        && !requestId.equals(".")
        && !requestId.equals("..");
  }

  private static Story read(JsonNode story) {
    JsonNode model = story.path("model");
    JsonNode type = story.path("task_type");
    return story.path("decision_arrived").asBoolean(false) && model.isTextual()
        ? new Story.Answered(type.isTextual() ? type.textValue() : null, model.textValue())
        : new Story.NoAnswer();
  }
}
