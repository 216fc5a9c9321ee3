package dev.flotilla.router.pipeline;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.store.NoStore;
import io.helidon.http.HeaderNames;
import io.helidon.microprofile.server.RoutingPath;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * {@code POST /internal/runs/{id}/wake} for the other services of the fleet: something a run waits
 * for has happened. A hint: whoever looks after the run asks what it was.
 */
@ApplicationScoped
@RoutingPath("/internal/runs")
public class WakeRoute implements HttpService {
  private final Pipelines pipelines;
  private final ServiceToken token;

  @Inject
  WakeRoute(Pipelines pipelines, ServiceToken token) {
    this.pipelines = pipelines;
    this.token = token;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.post("/{id}/wake", this::wake);
  }

  private void wake(ServerRequest request, ServerResponse response) {
    String shown = request.headers().first(HeaderNames.AUTHORIZATION).orElse(null);
    if (!token.admits(shown)) {
      send(
          response,
          new ApiError(
              401,
              "authentication_error",
              "service_token_required",
              "This is for other services of this fleet.",
              null,
              "router"));
      return;
    }
    try {
      if (pipelines.runs().wake(request.path().pathParameters().get("id"))) {
        response.status(204).send();
      } else {
        send(
            response,
            new ApiError(
                404,
                ApiError.INVALID_REQUEST,
                "run_not_found",
                "There is no run with that id, or it has ended.",
                null,
                "router"));
      }
    } catch (NoStore e) {
      send(response, e.error());
    }
  }

  private static void send(ServerResponse response, ApiError error) {
    response.status(error.status());
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(Json.bytes(error.body("")));
  }
}
