package dev.flotilla.router.decisions;

import dev.flotilla.contracts.decision.DecisionApi;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.WireJson;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.rest.client.RestClientBuilder;

/** cost-service's door for decisions over REST. */
public final class DecisionClient {
  private DecisionClient() {}

  /** A client for the service at this address; nothing is connected yet. */
  public static DecisionApi at(URI costService, ServiceToken token) {
    ClientRequestFilter authorize =
        request -> request.getHeaders().putSingle(HttpHeaders.AUTHORIZATION, token.header());
    return RestClientBuilder.newBuilder()
        .baseUri(costService)
        .connectTimeout(2, TimeUnit.SECONDS)
        .readTimeout(10, TimeUnit.SECONDS)
        .register(WireJson.class, 1)
        .register(authorize)
        .build(DecisionApi.class);
  }
}
