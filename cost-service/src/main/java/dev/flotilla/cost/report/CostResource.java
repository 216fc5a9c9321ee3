package dev.flotilla.cost.report;

import dev.flotilla.cost.door.Parameters;
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
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/**
 * Costs over time, and on one screen. Callers see their own team unless their role says otherwise.
 */
@Path("/v1/costs")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class CostResource {
  private final CostReport report;
  private final SavingsReport savings;
  private final WeeklyReport weekly;
  private final Clock clock;

  @Inject
  CostResource(CostReport report, SavingsReport savings, WeeklyReport weekly, Clock clock) {
    this.report = report;
    this.savings = savings;
    this.weekly = weekly;
    this.clock = clock;
  }

  @GET
  @Operation(
      operationId = "costs",
      summary = "What was spent, by time and whatever else",
      description =
          "Buckets of an hour, a day, a week from Monday or a month, UTC, by the start of the attempts; from is included, to is not."
              + " Simulated answers are left out unless include_simulated=true, or there are no real ones in the range.")
  @Parameter(
      name = "from",
      in = ParameterIn.QUERY,
      description = "Day or RFC 3339; default seven days including today")
  @Parameter(
      name = "to",
      in = ParameterIn.QUERY,
      description = "Day or RFC 3339, exclusive; default now")
  @Parameter(name = "bucket", in = ParameterIn.QUERY, description = "1h, 1d (default), 1w or 1mo")
  @Parameter(
      name = "group_by",
      in = ParameterIn.QUERY,
      description =
          "Comma-separated: model, task_type, team, provider, key, project, pipeline, step, tag:<name>")
  @Parameter(name = "model", in = ParameterIn.QUERY)
  @Parameter(name = "team", in = ParameterIn.QUERY)
  @Parameter(name = "task_type", in = ParameterIn.QUERY)
  @Parameter(name = "provider", in = ParameterIn.QUERY)
  @Parameter(name = "project", in = ParameterIn.QUERY)
  @Parameter(name = "key", in = ParameterIn.QUERY)
  @Parameter(name = "pipeline", in = ParameterIn.QUERY)
  @Parameter(name = "step", in = ParameterIn.QUERY)
  @Parameter(
      name = "currency",
      in = ParameterIn.QUERY,
      description =
          "A second currency of rates.csv, such as PKR; each day is converted at its own rate")
  @Parameter(
      name = "explain",
      in = ParameterIn.QUERY,
      description = "true: beside each figure the SQL that recomputes it from the ledger's rows")
  @Parameter(
      name = "include_simulated",
      in = ParameterIn.QUERY,
      description = "true, false or auto (default)")
  @Parameter(name = "limit", in = ParameterIn.QUERY, description = "Buckets per page, 1 to 1000")
  @Parameter(name = "page", in = ParameterIn.QUERY, description = "next_page of the answer before")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = CostPage.class)))
  public String costs(@Context UriInfo uri, @Context HttpHeaders headers) {
    return PlainJson.text(report.page(reader(uri, headers, QuestionReader.COSTS).question()));
  }

  @GET
  @Path("/summary")
  @Operation(operationId = "costSummary", summary = "This day or month on one screen")
  @Parameter(
      name = "period",
      in = ParameterIn.QUERY,
      description = "day or month (default), UTC, until now")
  @Parameter(name = "team", in = ParameterIn.QUERY)
  @Parameter(
      name = "include_simulated",
      in = ParameterIn.QUERY,
      description = "true, false or auto (default)")
  @Parameter(
      name = "explain",
      in = ParameterIn.QUERY,
      description = "true: beside each figure the SQL that recomputes it from the ledger's rows")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = CostSummary.class)))
  public String summary(@Context UriInfo uri, @Context HttpHeaders headers) {
    var reader = reader(uri, headers, QuestionReader.SUMMARY);
    return PlainJson.text(
        report.summary(reader.periodName(), reader.period(), reader.simulated(), reader.explain()));
  }

  @GET
  @Path("/weekly")
  @Operation(
      operationId = "costWeekly",
      summary = "A week of each team, worth a look on Monday",
      description =
          "What it spent and saved, what changed most, and models that did work which a cheaper one of the same task type did as well.")
  @Parameter(
      name = "week",
      in = ParameterIn.QUERY,
      description = "Any day of it; default the last week that is over, Monday to Sunday, UTC")
  @Parameter(name = "team", in = ParameterIn.QUERY)
  @Parameter(
      name = "include_simulated",
      in = ParameterIn.QUERY,
      description = "true, false or auto (default)")
  @Parameter(
      name = "explain",
      in = ParameterIn.QUERY,
      description = "true: beside each figure the SQL that recomputes it from the ledger's rows")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Weekly.class)))
  public String weekly(@Context UriInfo uri, @Context HttpHeaders headers) {
    var reader = reader(uri, headers, QuestionReader.WEEKLY);
    return PlainJson.text(weekly.of(reader.week(), reader.simulated(), reader.explain()));
  }

  @GET
  @Path("/savings")
  @Operation(
      operationId = "costSavings",
      summary = "What routing and caching saved, net, with the definition of every figure",
      description =
          "Tokens as they were, re-priced for the configured baseline model; failed attempts, escalations, classification and reviews"
              + " are counted against us. In all and per task type, with advice where routing does not pay.")
  @Parameter(
      name = "from",
      in = ParameterIn.QUERY,
      description = "Day or RFC 3339; default seven days including today")
  @Parameter(
      name = "to",
      in = ParameterIn.QUERY,
      description = "Day or RFC 3339, exclusive; default now")
  @Parameter(name = "team", in = ParameterIn.QUERY)
  @Parameter(name = "task_type", in = ParameterIn.QUERY)
  @Parameter(
      name = "explain",
      in = ParameterIn.QUERY,
      description = "true: beside each figure the SQL that recomputes it from the ledger's rows")
  @Parameter(
      name = "include_simulated",
      in = ParameterIn.QUERY,
      description = "true, false or auto (default)")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = Savings.class)))
  public String savings(@Context UriInfo uri, @Context HttpHeaders headers) {
    var reader = reader(uri, headers, QuestionReader.SAVINGS);
    return PlainJson.text(savings.savings(reader.scope(), reader.simulated(), reader.explain()));
  }

  private QuestionReader reader(UriInfo uri, HttpHeaders headers, Set<String> known) {
    return new QuestionReader(Parameters.of(uri), known, Viewer.of(headers), clock);
  }
}
