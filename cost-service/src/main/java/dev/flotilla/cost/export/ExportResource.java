package dev.flotilla.cost.export;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.door.Parameters;
import dev.flotilla.cost.door.Viewer;
import dev.flotilla.cost.report.CostScope;
import dev.flotilla.cost.report.CountedRows;
import dev.flotilla.cost.report.Query;
import dev.flotilla.cost.report.QuestionReader;
import dev.flotilla.cost.report.SimulatedRows;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** The ledger as a file, as long as it may be: rows leave while the database is still reading. */
@Path("/v1/costs/export")
@ApplicationScoped
public class ExportResource {
  private static final Set<String> PARAMETERS =
      Set.of("format", "from", "to", "team", "model", "provider", "task_type", "include_simulated");

  private static final int ROWS_AT_A_TIME = 1_000;
  private static final String CSV = "text/csv; charset=utf-8";
  private static final String ACCOUNT = "flotilla";

  private final Database database;
  private final Catalog catalog;
  private final Clock clock;

  @Inject
  ExportResource(Database database, Catalog catalog, Clock clock) {
    this.database = database;
    this.catalog = catalog;
    this.clock = clock;
  }

  @GET
  @Operation(
      operationId = "exportCosts",
      summary = "The ledger as a file",
      description =
          "csv and jsonl have every attempt of the range, focus-csv and focus-parquet have charges as FOCUS 1.2 defines them; these"
              + " add up to what /v1/costs reports.")
  @Parameter(
      name = "format",
      in = ParameterIn.QUERY,
      description = "csv (default), jsonl, focus-csv or focus-parquet")
  @Parameter(name = "from", in = ParameterIn.QUERY)
  @Parameter(name = "to", in = ParameterIn.QUERY)
  @Parameter(name = "team", in = ParameterIn.QUERY)
  @Parameter(name = "model", in = ParameterIn.QUERY)
  @Parameter(name = "provider", in = ParameterIn.QUERY)
  @Parameter(name = "task_type", in = ParameterIn.QUERY)
  @Parameter(name = "include_simulated", in = ParameterIn.QUERY)
  public Response export(@Context UriInfo uri, @Context HttpHeaders headers) {
    var reader = new QuestionReader(Parameters.of(uri), PARAMETERS, Viewer.of(headers), clock);
    CostScope scope = reader.scope();
    SimulatedRows simulated = reader.simulated();
    String format = reader.format();
    var focus = new FocusRows(catalog, ACCOUNT);
    return switch (format) {
      case "csv" ->
          file(
              CSV,
              named("ledger", scope, "csv"),
              scope,
              simulated,
              LedgerRows::query,
              LedgerRows::csv);
      case "jsonl" ->
          file(
              "application/jsonl; charset=utf-8",
              named("ledger", scope, "jsonl"),
              scope,
              simulated,
              LedgerRows::query,
              LedgerRows::jsonLines);
      case "focus-csv" ->
          focus(
              file(
                  CSV,
                  named("focus", scope, "csv"),
                  scope,
                  simulated,
                  FocusRows::query,
                  focus::csv));
      case "focus-parquet" ->
          focus(
              file(
                  "application/vnd.apache.parquet",
                  named("focus", scope, "parquet"),
                  scope,
                  simulated,
                  FocusRows::query,
                  focus::parquet));
      default ->
          throw new ProblemException(
              Problem.invalid(
                  "invalid_format",
                  "format is '" + format + "'; write csv, jsonl, focus-csv or focus-parquet.",
                  "format"));
    };
  }

  private static String named(String what, CostScope scope, String ending) {
    return what + "-" + LocalDate.ofInstant(scope.from(), ZoneOffset.UTC) + "." + ending;
  }

  private static Response focus(Response file) {
    file.getHeaders().putSingle("x-focus-version", FocusRows.VERSION);
    return file;
  }

  /** What is asked of the database, given which rows. */
  @FunctionalInterface
  private interface Asking {
    Query query(Query where);
  }

  /** Turns rows into a file; flushes it and does not close it. */
  @FunctionalInterface
  private interface Telling {
    void write(ResultSet rows, OutputStream out) throws SQLException, IOException;
  }

  private Response file(
      String type,
      String name,
      CostScope scope,
      SimulatedRows simulated,
      Asking asking,
      Telling telling) {
    StreamingOutput body =
        stream ->
            database.inTransactionOnce(
                connection -> {
                  CountedRows counted = CountedRows.of(connection, scope, simulated);
                  Query query = asking.query(scope.where().add(counted.sql));
                  try (PreparedStatement statement = query.prepare(connection)) {
                    // With this, and outside of auto-commit, rows come as they are read.
                    statement.setFetchSize(ROWS_AT_A_TIME);
                    try (ResultSet rows = statement.executeQuery()) {
                      write(rows, stream, telling);
                    }
                  }
                  return true;
                });
    return Response.ok(body, type)
        .header("content-disposition", "attachment; filename=\"" + name + "\"")
        .build();
  }

  private static void write(ResultSet rows, OutputStream stream, Telling telling)
      throws SQLException {
    try {
      telling.write(rows, stream);
    } catch (IOException e) {
      throw new UncheckedIOException("whoever asked for the file has left", e);
    }
  }
}
