package dev.flotilla.cost.door;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who looks: most see their own team, some see all.
 *
 * @param team the viewer's own
 */
public record Viewer(String team, boolean seesAllTeams) {
  private static final Set<String> SEE_ALL = Set.of("admin", "viewer-all");

  /** The caller the router has let in; a problem when it did not say whom. */
  public static Viewer of(HttpHeaders headers) {
    Caller caller = Caller.received(headers::getHeaderString);
    if (caller == null) {
      throw new ProblemException(
          Problem.unidentified(
              "caller_required",
              "x-flotilla-team and x-flotilla-key are missing; the router sets them for whoever it has let in."));
    }
    return new Viewer(caller.team(), SEE_ALL.stream().anyMatch(caller::has));
  }

  /** The only team this viewer sees; null when it sees all. */
  public @Nullable String onlyTeam() {
    return seesAllTeams ? null : team;
  }
}
