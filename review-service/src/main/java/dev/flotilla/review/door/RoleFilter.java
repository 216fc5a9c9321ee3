package dev.flotilla.review.door;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/**
 * A verifier has one door, and a reviewer all others: what belongs to the other role is not there.
 */
@Provider
@PreMatching
@ApplicationScoped
public class RoleFilter implements ContainerRequestFilter {
  private static final String VERIFYING = "internal/verifications";

  private final Role role;

  @Inject
  RoleFilter(Role role) {
    this.role = role;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    String path = request.getUriInfo().getPath();
    boolean verifying = path.replaceAll("^/|/$", "").equals(VERIFYING);
    if (verifying != (role == Role.VERIFIER)) {
      request.abortWith(Response.status(Response.Status.NOT_FOUND).build());
    }
  }
}
