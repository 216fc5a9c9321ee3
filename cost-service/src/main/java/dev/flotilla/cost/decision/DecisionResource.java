package dev.flotilla.cost.decision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.decision.DecisionBatch;
import dev.flotilla.contracts.decision.DecisionReceipt;
import dev.flotilla.cost.row.UnreadableRow;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.postgres.Share;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;

/**
 * Where the router writes its decisions. The same path as {@link
 * dev.flotilla.contracts.decision.DecisionApi}, but not that interface: the body is read row by
 * row, so that one bad row does not stop a batch.
 */
@Path("/v1/ledger/decisions")
@ApplicationScoped
public class DecisionResource {
  private static final System.Logger LOG = System.getLogger(DecisionResource.class.getName());

  private final Share writers;

  @Inject
  DecisionResource(Share writers) {
    this.writers = writers;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "keepDecisions",
      summary = "Keeps what the router decided",
      description =
          "At most 500 decisions, in one transaction. Sending a batch again is harmless: the first decision per team and request stays.")
  @RequestBody(content = @Content(schema = @Schema(implementation = DecisionBatch.class)))
  public DecisionReceipt keep(byte[] body) {
    JsonNode rows = rows(body);
    if (rows.size() > DecisionBatch.LIMIT) {
      throw new ProblemException(
          Problem.tooLarge(
              "batch_too_large",
              "The batch has "
                  + rows.size()
                  + " decisions; send at most "
                  + DecisionBatch.LIMIT
                  + " at a time.",
              "decisions"));
    }
    List<Decision> read = new ArrayList<>(rows.size());
    int rejected = 0;
    for (JsonNode row : rows) {
      try {
        read.add(DecisionReader.read(row));
      } catch (UnreadableRow e) {
        rejected++;
        LOG.log(Level.WARNING, "a decision cannot be kept: {0}", e.sentence());
      }
    }
    int accepted =
        read.isEmpty()
            ? 0
            : writers.inTransaction(connection -> DecisionTable.write(connection, read));
    return new DecisionReceipt(accepted, read.size() - accepted, rejected);
  }

  private static JsonNode rows(byte[] body) {
    try {
      JsonNode rows = Json.parseObject(body).path("decisions");
      if (rows.isArray()) {
        return rows;
      }
    } catch (NotJson e) {
      throw new ProblemException(
          Problem.invalid("invalid_json", "The body is not JSON: " + e.getMessage(), null));
    }
    throw new ProblemException(
        Problem.invalid(
            "invalid_batch",
            "decisions is missing or no array; write {\"decisions\":[…]} with 1 to 500 of them.",
            "decisions"));
  }
}
