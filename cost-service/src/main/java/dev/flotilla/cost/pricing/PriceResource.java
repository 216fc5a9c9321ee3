package dev.flotilla.cost.pricing;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.cost.door.Viewer;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.Nullable;

/** What models cost here. */
@Path("/v1/prices")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class PriceResource {
  private final Catalog catalog;

  @Inject
  PriceResource(Catalog catalog) {
    this.catalog = catalog;
  }

  @GET
  @Operation(
      operationId = "prices",
      summary = "What models cost, by day, service and length of the prompt",
      description =
          "Contracts are included. Attempts whose price_version is this version were priced by these lines; model asks for one model.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = PriceTable.class)))
  @APIResponse(responseCode = "404", description = "The model is not in the catalogue")
  public String prices(@QueryParam("model") @Nullable String model, @Context HttpHeaders headers) {
    // Whoever may ask for anything may see what it costs.
    var _ = Viewer.of(headers);
    if (model != null && catalog.find(model).isEmpty()) {
      throw new ProblemException(
          Problem.notFound(
              "model_not_found",
              "There is no such model here; near to it are " + catalog.near(model, 3) + "."));
    }
    return PlainJson.text(PriceTable.of(catalog, model));
  }
}
