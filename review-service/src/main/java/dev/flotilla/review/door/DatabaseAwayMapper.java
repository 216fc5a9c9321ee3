package dev.flotilla.review.door;

import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemMapper;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger.Level;

/**
 * The database is away: 503, and come back in a second. What a panel said in the meantime is lost.
 */
@Provider
public class DatabaseAwayMapper implements ExceptionMapper<DatabaseAwayException> {
  private static final System.Logger LOG = System.getLogger(DatabaseAwayMapper.class.getName());

  @Override
  public Response toResponse(DatabaseAwayException exception) {
    LOG.log(Level.WARNING, "answered 503: {0}", exception.getMessage());
    return ProblemMapper.response(
            Problem.away(
                "database_away",
                "The database of reviews cannot be reached, and nothing is decided without a record; send the same request again."))
        .header(HttpHeaders.RETRY_AFTER, 1)
        .build();
  }
}
