package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The policies of this installation over HTTP. */
@Path("/v1/review-policies")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class PolicyResource {
  private final Policies policies;

  @Inject
  PolicyResource(Policies policies) {
    this.policies = policies;
  }

  @GET
  @Operation(
      operationId = "listReviewPolicies",
      summary = "How reviews can be decided here, each policy with its file")
  public Response list() {
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    for (Policy policy : policies.all()) {
      data.addObject()
          .put("name", policy.name())
          .put("version", policy.version())
          .put("panel_size", policy.panelSize())
          .put("independence", policy.independence().word())
          .put("content", policy.content());
    }
    return Response.ok(Json.plainBytes(list)).build();
  }
}
