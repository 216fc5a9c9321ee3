package dev.flotilla.contracts.decision;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/**
 * cost-service's door for decisions. Sending a batch twice is harmless: one decision is kept per
 * team and request.
 */
@Path("/v1/ledger/decisions")
public interface DecisionApi {
  /** Writes a batch in one transaction. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  DecisionReceipt keep(DecisionBatch batch);
}
