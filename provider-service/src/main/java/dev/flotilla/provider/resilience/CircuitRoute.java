package dev.flotilla.provider.resilience;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.bucket.Remaining;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.microprofile.server.RoutingPath;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/circuits} for the other services of the fleet: the state of every circuit that has
 * seen a call here, how long its last streams took to begin, and what is left of its provider's
 * limits as far as this instance knows. Times are told as durations: clocks of two machines differ.
 */
@ApplicationScoped
@RoutingPath("/v1/circuits")
public class CircuitRoute implements HttpService {
  private static final HeaderName AUTHORIZATION = HeaderNames.create("authorization");
  private static final HeaderName REQUEST_ID = HeaderNames.create(FleetHeaders.REQUEST_ID);

  private final Lanes lanes;
  private final ServiceToken token;

  @Inject
  CircuitRoute(Lanes lanes, ServiceToken token) {
    this.lanes = lanes;
    this.token = token;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.get("/", this::tell);
  }

  private void tell(ServerRequest request, ServerResponse response) {
    response.header(HeaderValues.CONTENT_TYPE_JSON);
    if (token.admits(request.headers().first(AUTHORIZATION).orElse(null))) {
      response.send(Json.bytes(circuits()));
      return;
    }
    String requestId = request.headers().first(REQUEST_ID).orElse("req_" + UUID.randomUUID());
    var error =
        new ApiError(
            401,
            "authentication_error",
            "service_token_required",
            "This service answers only other services of its fleet; ask the router.",
            null,
            "router");
    response.status(Status.create(error.status()));
    response.send(Json.bytes(error.body(requestId)));
  }

  private ObjectNode circuits() {
    ObjectNode body = Json.object();
    ArrayNode all = body.putArray("circuits");
    for (Circuit circuit : lanes.circuits()) {
      ObjectNode one = all.addObject();
      one.put("provider", circuit.provider())
          .put("model", circuit.model())
          .put("state", circuit.state().word())
          .put("retry_after_ms", millis(circuit.retryAfter()))
          .put("gone", circuit.gone())
          .put("failure_rate", circuit.failureRate())
          .put("not_closed_for_ms", millis(circuit.notClosedFor()))
          .set("left", left(lanes.remaining(circuit.model())));
      lanes.firstChunks(circuit.model()).forEach(one.putArray("first_chunks_ms")::add);
    }
    return body;
  }

  private static ObjectNode left(Remaining left) {
    return Json.object()
        .put("requests", left.requests())
        .put("tokens", left.tokens())
        .put("announced", left.announced());
  }

  private static @Nullable Long millis(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis();
  }
}
