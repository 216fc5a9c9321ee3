package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.provider.ProviderAddresses;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Asks each provider-service which models it does not call at the moment. Thread-safe. */
public final class Circuits {
  /** Whoever wants to know how things stand does not want to wait for it. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  private final HttpClient http;
  private final ProviderAddresses providers;
  private final ServiceToken token;

  public Circuits(HttpClient http, ProviderAddresses providers, ServiceToken token) {
    this.http = http;
    this.providers = providers;
    this.token = token;
  }

  /**
   * States of circuits that are not closed, by model id: {@code open} or {@code half_open}. Empty
   * when all is well, and without what a provider-service does not say.
   */
  public Map<String, String> states(String requestId) {
    var answers =
        providers.each().stream()
            .map(
                provider ->
                    http.sendAsync(question(provider, requestId), BodyHandlers.ofByteArray()))
            .toList();
    var states = new HashMap<String, String>();
    for (var answer : answers) {
      try {
        HttpResponse<byte[]> said = answer.get();
        if (said.statusCode() == 200) {
          read(said.body(), states);
        }
      } catch (ExecutionException | NotJson e) {
        // As if it had not answered: others may have.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Map.of();
      }
    }
    return states;
  }

  private HttpRequest question(URI provider, String requestId) {
    return HttpRequest.newBuilder(URI.create(provider + "/v1/circuits"))
        .timeout(PATIENCE)
        .header("authorization", token.header())
        .header(FleetHeaders.REQUEST_ID, requestId)
        .build();
  }

  private static void read(byte[] body, Map<String, String> states) throws NotJson {
    for (JsonNode circuit : Json.parseObject(body).path("circuits")) {
      String state = circuit.path("state").asText();
      if (!state.equals("closed")) {
        states.put(circuit.path("model").asText(), state);
      }
    }
  }
}
