package dev.flotilla.contracts.ledger;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/**
 * cost-service's door for entries. Sending a batch twice is harmless: the ledger is idempotent per
 * attempt.
 */
@Path("/v1/ledger")
public interface LedgerApi {
  /** Writes a batch in one transaction and says what became of each entry. */
  @POST
  @Path("/entries")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  BatchReceipt append(EntryBatch batch);

  /** Tells what the ledger has of some attempts; nothing is changed. */
  @POST
  @Path("/audits")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  AuditAnswer audit(AuditQuestion question);
}
