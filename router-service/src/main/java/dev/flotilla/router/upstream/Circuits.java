package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Asks provider-service which models it does not call at the moment. Thread-safe. */
public final class Circuits {
  /** Whoever wants to know how things stand does not want to wait for it. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final HttpClient http;
  private final URI circuits;
  private final ServiceToken token;

  /**
   * @param provider where provider-service listens
   */
  public Circuits(HttpClient http, URI provider, ServiceToken token) {
    this.http = http;
    this.circuits = URI.create(provider + "/v1/circuits");
    this.token = token;
  }

  /**
   * States of circuits that are not closed, by model id: {@code open} or {@code half_open}. Empty
   * when all is well, and when provider-service does not say.
   */
  public Map<String, String> states(String requestId) {
    var request =
        HttpRequest.newBuilder(circuits)
            .timeout(PATIENCE)
            .header("authorization", token.header())
            .header(FleetHeaders.REQUEST_ID, requestId)
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() == 200 ? read(answer.body()) : Map.of();
    } catch (IOException | NotJson e) {
      return Map.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Map.of();
    }
  }

  private static Map<String, String> read(byte[] body) throws NotJson {
    var states = new HashMap<String, String>();
    for (JsonNode circuit : Json.parseObject(body).path("circuits")) {
      String state = circuit.path("state").asText();
      if (!state.equals("closed")) {
        states.put(circuit.path("model").asText(), state);
      }
    }
    return states;
  }
}
