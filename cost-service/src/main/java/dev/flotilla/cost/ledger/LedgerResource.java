package dev.flotilla.cost.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;

/**
 * Where provider-service writes its attempts. The same path as {@link
 * dev.flotilla.contracts.ledger.LedgerApi}, but not that interface: the body is read row by row, so
 * that one bad row does not stop a batch.
 */
@Path("/v1/ledger")
@ApplicationScoped
public class LedgerResource {
  private final Ledger ledger;

  @Inject
  LedgerResource(Ledger ledger) {
    this.ledger = ledger;
  }

  @POST
  @Path("/entries")
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "appendEntries",
      summary = "Writes attempts into the ledger",
      description =
          "At most 500 entries, in one transaction. Sending a batch again is harmless: an attempt is counted once.")
  @RequestBody(content = @Content(schema = @Schema(implementation = EntryBatch.class)))
  public BatchReceipt append(byte[] body) {
    JsonNode entries = entries(body);
    if (entries.size() > EntryBatch.LIMIT) {
      throw new ProblemException(
          Problem.tooLarge(
              "batch_too_large",
              "The batch has "
                  + entries.size()
                  + " entries; send at most "
                  + EntryBatch.LIMIT
                  + " at a time.",
              "entries"));
    }
    List<ReadEntry> read = new ArrayList<>(entries.size());
    entries.forEach(row -> read.add(EntryReader.read(row)));
    return ledger.append(read);
  }

  private static JsonNode entries(byte[] body) {
    try {
      JsonNode entries = Json.parseObject(body).path("entries");
      if (entries.isArray()) {
        return entries;
      }
    } catch (NotJson e) {
      throw new ProblemException(
          Problem.invalid("invalid_json", "The body is not JSON: " + e.getMessage(), null));
    }
    throw new ProblemException(
        Problem.invalid(
            "invalid_batch",
            "entries is missing or no array; write {\"entries\":[…]} with 1 to 500 of them.",
            "entries"));
  }
}
