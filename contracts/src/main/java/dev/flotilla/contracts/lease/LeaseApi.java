package dev.flotilla.contracts.lease;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * cost-service's door for those who spend. A lease is an account that its holder names itself, and
 * every total in it only grows, so each of these calls may be sent again when its answer was lost.
 */
@Path("/v1/leases")
public interface LeaseApi {
  /** Which budgets a call falls under; asked for rarely and kept for a while. */
  @GET
  @Path("/coverage")
  @Produces(MediaType.APPLICATION_JSON)
  Coverage coverage(
      @QueryParam("team") String team,
      @QueryParam("key") String key,
      @QueryParam("project") @Nullable String project,
      @QueryParam("pipeline") @Nullable String pipeline);

  /**
   * Gives back what is not needed, then asks for more, in one transaction over all budgets that
   * cover the call.
   *
   * @param id a UUID of the holder's choice; the lease begins with the first demand that needs
   *     something
   */
  @PUT
  @Path("/{id}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  LeaseGrant renew(@PathParam("id") String id, LeaseDemand demand);

  /**
   * Gives back what the earlier lives of a holder left over. For a holder that has shipped
   * everything that those lives wrote down, and not before.
   *
   * @param life the holder's present one, whose leases stay
   */
  @DELETE
  void releaseEarlierLives(@QueryParam("holder") String holder, @QueryParam("life") String life);
}
