package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Reviews over HTTP. */
@Path("/v1/reviews")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class ReviewResource {
  private static final int LIMIT = 20;

  private final Reviews reviews;

  @Inject
  ReviewResource(Reviews reviews) {
    this.reviews = reviews;
  }

  @GET
  @Operation(operationId = "listReviews", summary = "The newest reviews of the caller's team")
  public Response list(@HeaderParam(FleetHeaders.TEAM) @Nullable String team) {
    if (team == null || team.isBlank()) {
      return problem(401, "caller_required", FleetHeaders.TEAM + " is missing; the router sets it.")
          .build();
    }
    try {
      return Response.ok(Json.text(page(reviews.newest(team, LIMIT)))).build();
    } catch (DatabaseAwayException e) {
      return problem(503, "database_away", "Reviews cannot be read at the moment; ask again.")
          .header(HttpHeaders.RETRY_AFTER, 1)
          .build();
    }
  }

  private static ObjectNode page(ArrayNode data) {
    ObjectNode page = Json.object().put("object", "list");
    page.set("data", data);
    page.put("first_id", data.path(0).path("id").asText(null));
    page.put("last_id", data.path(data.size() - 1).path("id").asText(null));
    return page.put("has_more", data.size() == LIMIT);
  }

  private static Response.ResponseBuilder problem(int status, String code, String detail) {
    ObjectNode body = Json.object().put("type", "about:blank").put("status", status);
    return Response.status(status)
        .type("application/problem+json")
        .entity(Json.text(body.put("code", code).put("detail", detail)));
  }
}
