package dev.flotilla.cost.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.ledger.AuditAnswer;
import dev.flotilla.contracts.ledger.AuditQuestion;
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
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;

/** Where provider-service holds its own amounts against the ledger's. */
@Path("/v1/ledger/audits")
@ApplicationScoped
public class AuditResource {
  private final Audits audits;

  @Inject
  AuditResource(Audits audits) {
    this.audits = audits;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "auditAttempts",
      summary = "What the ledger has of these attempts",
      description =
          "At most 500 ids; who is not in the answer is not in the ledger. Amounts include corrections.")
  @RequestBody(content = @Content(schema = @Schema(implementation = AuditQuestion.class)))
  public AuditAnswer audit(byte[] body) {
    List<UUID> attempts = attempts(body);
    if (attempts.size() > AuditQuestion.LIMIT) {
      throw new ProblemException(
          Problem.tooLarge(
              "batch_too_large",
              "There are "
                  + attempts.size()
                  + " ids; ask for at most "
                  + AuditQuestion.LIMIT
                  + " at a time.",
              "attempt_ids"));
    }
    return audits.amounts(attempts);
  }

  private static List<UUID> attempts(byte[] body) {
    try {
      JsonNode ids = Json.parseObject(body).path("attempt_ids");
      if (ids.isArray()) {
        var attempts = new ArrayList<UUID>();
        for (JsonNode id : ids) {
          attempts.add(UUID.fromString(id.asText()));
        }
        return attempts;
      }
    } catch (NotJson | IllegalArgumentException e) {
      throw new ProblemException(
          Problem.invalid(
              "invalid_audit",
              "The body is no question of UUIDs: " + e.getMessage(),
              "attempt_ids"));
    }
    throw new ProblemException(
        Problem.invalid(
            "invalid_audit",
            "attempt_ids is missing or no array; write {\"attempt_ids\":[…]} with 1 to 500 of them.",
            "attempt_ids"));
  }
}
