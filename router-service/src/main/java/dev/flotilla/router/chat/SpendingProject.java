package dev.flotilla.router.chat;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.exchange.ChatRequest;
import java.util.regex.Pattern;

/** Which project a request is paid by: the one it names, else its key's. */
sealed interface SpendingProject {
  /** What a header can carry to provider-service. */
  Pattern NAME = Pattern.compile("[A-Za-z0-9._:/-]{1,128}");

  /** The caller, on account of that project. */
  record Of(Caller caller) implements SpendingProject {}

  /** The request names one it may not spend for, or none that could be one. */
  record Refused(ApiError error) implements SpendingProject {}

  /**
   * @param known projects of all teams
   */
  static SpendingProject of(
      ChatRequest request, Caller caller, KeyPolicy policy, KnownProjects known) {
    String named = request.tags().get("project");
    if (named == null || named.equals(caller.project())) {
      return new Of(caller);
    }
    if (policy.onlyProject()) {
      return new Refused(
          new ApiError(
              403,
              "permission_error",
              "project_not_allowed",
              "This key spends for project '"
                  + caller.project()
                  + "' only; leave metadata.project out, or use a key of that project.",
              "metadata.project",
              "router"));
    }
    if (!NAME.matcher(named).matches()) {
      return new Refused(
          ApiError.invalid(
              "invalid_project",
              "metadata.project must be 1 to 128 of the characters A-Z, a-z, 0-9, '.', '_', ':', '/' and '-'.",
              "metadata.project"));
    }
    if (!known.admits(caller.team(), named)) {
      return new Refused(
          ApiError.invalid(
              "too_many_projects",
              "This team has spent for "
                  + KnownProjects.MOST
                  + " projects already; name one of them, and put what differs from request to request"
                  + " into another name of metadata.",
              "metadata.project"));
    }
    return new Of(caller.in(named));
  }
}
