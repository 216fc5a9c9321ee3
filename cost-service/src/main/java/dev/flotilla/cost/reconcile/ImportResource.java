package dev.flotilla.cost.reconcile;

import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Where a provider's own bill is held against the ledger. For administrators. */
@Path("/v1/costs/imports")
@ApplicationScoped
public class ImportResource {
  private final ProviderBill bill;

  @Inject
  ImportResource(ProviderBill bill) {
    this.bill = bill;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "importBill",
      summary = "Compares a provider's own bill with the ledger, per day and model",
      description =
          "With apply=true each difference becomes one correcting row of its day, unless the day still has attempts of unknown"
              + " end. Importing the same bill again changes nothing.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = ImportReport.class)))
  public String take(byte[] body, @Context HttpHeaders headers) {
    Caller caller = Caller.received(headers::getHeaderString);
    if (caller == null || !caller.has("admin")) {
      throw new ProblemException(
          Problem.forbidden(
              "admin_required", "Only a key with the role admin may import a bill.", null));
    }
    ImportReader read = ImportReader.of(body);
    return PlainJson.text(bill.take(read.provider(), read.days(), read.apply()));
  }
}
