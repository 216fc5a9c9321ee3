package dev.flotilla.cost.roi;

import dev.flotilla.cost.door.Parameters;
import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.cost.door.Viewer;
import dev.flotilla.cost.report.QuestionReader;
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
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** What pipelines cost beside manual work. */
@Path("/v1/costs/roi")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class RoiResource {
  private static final Set<String> PARAMETERS =
      Set.of("from", "to", "team", "include_simulated", "explain");

  private final RoiReport report;
  private final Clock clock;

  @Inject
  RoiResource(RoiReport report, Clock clock) {
    this.report = report;
    this.clock = clock;
  }

  @GET
  @Operation(
      operationId = "costRoi",
      summary = "What pipelines cost, beside the same work by hand",
      description =
          "Minutes and hourly rates are those of manual-work.csv; without a line there a pipeline stands with its cost alone.")
  @Parameter(name = "from", in = ParameterIn.QUERY)
  @Parameter(name = "to", in = ParameterIn.QUERY)
  @Parameter(name = "team", in = ParameterIn.QUERY)
  @Parameter(name = "include_simulated", in = ParameterIn.QUERY)
  @Parameter(
      name = "explain",
      in = ParameterIn.QUERY,
      description = "true: beside each figure the SQL that recomputes it from the ledger's rows")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Roi.class)))
  public String roi(@Context UriInfo uri, @Context HttpHeaders headers) {
    var reader = new QuestionReader(Parameters.of(uri), PARAMETERS, Viewer.of(headers), clock);
    return PlainJson.text(report.roi(reader.scope(), reader.simulated(), reader.explain()));
  }
}
