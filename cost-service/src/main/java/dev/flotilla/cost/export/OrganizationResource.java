package dev.flotilla.cost.export;

import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.cost.door.Viewer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Costs and usage in OpenAI's shapes, so that what collects them there collects them here. */
@Path("/v1/organization")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class OrganizationResource {
  private final OrganizationReport report;
  private final Clock clock;

  @Inject
  OrganizationResource(OrganizationReport report, Clock clock) {
    this.report = report;
    this.clock = clock;
  }

  @GET
  @Path("/costs")
  @Operation(
      operationId = "organizationCosts",
      summary = "Costs per day in OpenAI's shape",
      description =
          "start_time (unix seconds, required), end_time, bucket_width=1d, group_by=project_id, line_item (our model) or api_key_id,"
              + " limit, page; explain=true adds the SQL behind each figure.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = OrganizationPage.class)))
  public String costs(@Context UriInfo uri, @Context HttpHeaders headers) {
    return PlainJson.text(
        report.costs(
            question(uri, OrganizationQuestion.COSTS, false), Viewer.of(headers).onlyTeam()));
  }

  @GET
  @Path("/usage/completions")
  @Operation(
      operationId = "organizationCompletions",
      summary = "Tokens per hour or day in OpenAI's shape",
      description =
          "start_time (unix seconds, required), end_time, bucket_width=1h or 1d, group_by=project_id, model or api_key_id, limit, page;"
              + " explain=true adds the SQL behind each figure.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = OrganizationPage.class)))
  public String completions(@Context UriInfo uri, @Context HttpHeaders headers) {
    return PlainJson.text(
        report.completions(
            question(uri, OrganizationQuestion.COMPLETIONS, true), Viewer.of(headers).onlyTeam()));
  }

  private OrganizationQuestion question(UriInfo uri, Map<String, String> columns, boolean hours) {
    return OrganizationQuestion.read(uri.getQueryParameters(), columns, hours, clock);
  }
}
