package dev.flotilla.cost.roi;

import dev.flotilla.cost.currency.Rates;
import dev.flotilla.cost.door.Parameters;
import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.cost.door.Viewer;
import dev.flotilla.cost.report.QuestionReader;
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
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** What one pipeline costs beside manual work that whoever asks may describe. */
@Path("/v1/pipelines/{name}/roi")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class PipelineRoiResource {
  private static final String MINUTES = "manual_minutes";
  private static final String HOURLY_RATE = "hourly_rate";
  private static final String CURRENCY = "currency";
  private static final String DOLLARS = "USD";
  private static final Set<String> PARAMETERS =
      Set.of("from", "to", "team", "include_simulated", "explain", MINUTES, HOURLY_RATE, CURRENCY);

  private static final int MONTH = 30;

  private final RoiReport report;
  private final Rates rates;
  private final Clock clock;

  @Inject
  PipelineRoiResource(RoiReport report, Rates rates, Clock clock) {
    this.report = report;
    this.rates = rates;
    this.clock = clock;
  }

  @GET
  @Operation(
      operationId = "pipelineRoi",
      summary =
          "What a pipeline costs, per run and in the last 30 days, beside the same work by hand",
      description =
          "manual_minutes and hourly_rate describe the work of one run; without them those of manual-work.csv hold.")
  @Parameter(name = "from", in = ParameterIn.QUERY)
  @Parameter(name = "to", in = ParameterIn.QUERY)
  @Parameter(name = "team", in = ParameterIn.QUERY)
  @Parameter(name = MINUTES, in = ParameterIn.QUERY)
  @Parameter(name = HOURLY_RATE, in = ParameterIn.QUERY)
  @Parameter(name = CURRENCY, in = ParameterIn.QUERY)
  @Parameter(name = "include_simulated", in = ParameterIn.QUERY)
  @Parameter(name = "explain", in = ParameterIn.QUERY)
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Roi.class)))
  public String roi(
      @PathParam("name") String name, @Context UriInfo uri, @Context HttpHeaders headers) {
    var reader = new QuestionReader(Parameters.of(uri), PARAMETERS, Viewer.of(headers), clock);
    return PlainJson.text(
        report.roi(
            reader.scope(MONTH), reader.simulated(), reader.explain(), name, work(name, reader)));
  }

  /** Null when nothing is said about it. */
  private @Nullable ManualWork work(String pipeline, QuestionReader reader) {
    String currency = reader.text(CURRENCY);
    if (reader.text(MINUTES) == null && reader.text(HOURLY_RATE) == null && currency == null) {
      return null;
    }
    String code = currency == null ? DOLLARS : currency;
    if (!code.equals(DOLLARS) && !rates.currencies().contains(code)) {
      throw wrong(
          CURRENCY,
          "There is no rate of '"
              + code
              + "' in rates.csv; write USD or one of "
              + rates.currencies()
              + ".");
    }
    return new ManualWork(pipeline, amount(MINUTES, reader), amount(HOURLY_RATE, reader), code);
  }

  private static BigDecimal amount(String name, QuestionReader reader) {
    String written = reader.text(name);
    if (written != null && written.matches("[0-9]{1,9}(\\.[0-9]{1,6})?")) {
      var amount = new BigDecimal(written);
      if (amount.signum() > 0) {
        return amount;
      }
    }
    throw wrong(
        name,
        name
            + " is "
            + (written == null ? "missing" : "'" + written + "'")
            + "; write both, such as manual_minutes=240&hourly_rate=2500.");
  }

  private static ProblemException wrong(String name, String detail) {
    return new ProblemException(Problem.invalid("invalid_" + name, detail, name));
  }
}
