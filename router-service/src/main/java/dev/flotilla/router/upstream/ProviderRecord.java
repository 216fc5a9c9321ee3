package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.Optional;

/** Asks cost-service how providers did of late, by the ledger of all replicas. Thread-safe. */
public final class ProviderRecord {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final HttpClient http;
  private final URI record;
  private final ServiceToken token;

  /**
   * @param cost where cost-service listens
   */
  public ProviderRecord(HttpClient http, URI cost, ServiceToken token) {
    this.http = http;
    this.record = URI.create(cost + "/v1/ledger/providers");
    this.token = token;
  }

  /** Empty when it does not answer. */
  public Optional<ObjectNode> ask(String requestId) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(record)
            .timeout(PATIENCE)
            .header("authorization", token.header())
            .header(FleetHeaders.REQUEST_ID, requestId)
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() == 200
          ? Optional.of(Json.parseObject(answer.body()))
          : Optional.empty();
    } catch (IOException | NotJson e) {
      return Optional.empty();
    }
  }
}
