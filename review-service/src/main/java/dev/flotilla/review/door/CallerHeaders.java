package dev.flotilla.review.door;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.ws.rs.core.HttpHeaders;

/** Who asks, by the headers that the router sets. */
public final class CallerHeaders {
  private CallerHeaders() {}

  /**
   * Who asks.
   *
   * @throws ProblemException when the headers do not say
   */
  public static Caller read(HttpHeaders headers) {
    Caller caller = Caller.received(headers::getHeaderString);
    if (caller == null) {
      throw new ProblemException(
          Problem.unidentified(
              "caller_required",
              "x-flotilla-team and x-flotilla-key are missing; the router sets them for whoever it has let in."));
    }
    return caller;
  }
}
