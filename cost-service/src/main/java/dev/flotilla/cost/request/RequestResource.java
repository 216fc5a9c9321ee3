package dev.flotilla.cost.request;

import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.cost.door.Viewer;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** One request, explained to the team it belongs to. */
@Path("/v1/requests")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class RequestResource {
  private final RequestHistory history;

  @Inject
  RequestResource(RequestHistory history) {
    this.history = history;
  }

  @GET
  @Path("/{id}")
  @Operation(
      operationId = "request",
      summary = "What happened to one request",
      description =
          "The router's decision and every attempt with its amount; never a prompt or an answer. Callers see requests of their own team.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = RequestStory.class)))
  @APIResponse(
      responseCode = "404",
      description = "Nothing is known of it, or it is another team's")
  public String request(@PathParam("id") String id, @Context HttpHeaders headers) {
    return history
        .of(id, Viewer.of(headers).onlyTeam())
        .map(PlainJson::text)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.notFound(
                        "request_not_found",
                        "Nothing is known here of this request. Its id is in the answer's x-request-id; decisions arrive within"
                            + " seconds, and requests of other teams are not shown.")));
  }
}
