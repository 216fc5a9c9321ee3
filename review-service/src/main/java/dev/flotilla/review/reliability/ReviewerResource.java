package dev.flotilla.review.reliability;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.door.CallerHeaders;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Reviewers' reliabilities over HTTP. */
@Path("/v1/reviewers")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class ReviewerResource {
  private final TrackRecords records;

  @Inject
  ReviewerResource(TrackRecords records) {
    this.records = records;
  }

  @GET
  @Operation(
      operationId = "listReviewers",
      summary = "How often models were right as reviewers of the caller's team, in a year",
      description =
          "Right is what a person decided later, or what a failed check showed; other reviews say nothing about their reviewers.")
  public Response list(@Context HttpHeaders headers) {
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    for (Reliability each : records.of(CallerHeaders.read(headers).team())) {
      data.addObject()
          .put("model", each.model())
          .put("reviews", each.reviews())
          .put("objections_right", each.objectionsRight())
          .put("objections_wrong", each.objectionsWrong())
          .put("missed", each.missed())
          .put("approvals_right", each.approvalsRight())
          .put("precision", rounded(each.precision()))
          .put("recall", rounded(each.recall()));
    }
    return Response.ok(Json.plainBytes(list)).build();
  }

  private static double rounded(double share) {
    return Math.round(share * 10_000) / 10_000.0;
  }
}
