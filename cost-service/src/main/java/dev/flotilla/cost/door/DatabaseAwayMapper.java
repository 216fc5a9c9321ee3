package dev.flotilla.cost.door;

import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemMapper;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger.Level;

/** The database is away: 503, and come back in a second. Nothing was written. */
@Provider
public class DatabaseAwayMapper implements ExceptionMapper<DatabaseAwayException> {
  private static final System.Logger LOG = System.getLogger(DatabaseAwayMapper.class.getName());

  @Override
  public Response toResponse(DatabaseAwayException exception) {
    LOG.log(Level.WARNING, "answered 503: {0}", exception.getMessage());
    return ProblemMapper.response(
            Problem.away(
                "database_away",
                "The ledger's database cannot be reached; nothing was written. Send the same request again."))
        .header(HttpHeaders.RETRY_AFTER, 1)
        .build();
  }
}
