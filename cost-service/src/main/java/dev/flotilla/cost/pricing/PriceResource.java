package dev.flotilla.cost.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.cost.door.Viewer;
import dev.flotilla.kit.json.Json;
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
import java.util.Iterator;
import java.util.List;
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
  private final PriceVersions versions;

  @Inject
  PriceResource(Catalog catalog, PriceVersions versions) {
    this.catalog = catalog;
    this.versions = versions;
  }

  @GET
  @Operation(
      operationId = "prices",
      summary = "What models cost, by day, service and length of the prompt",
      description =
          "Contracts are included. Attempts whose price_version is this version were priced by these lines; model asks for one model,"
              + " version for an older list, as a row of the ledger names it.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = PriceTable.class)))
  @APIResponse(responseCode = "404", description = "The model is not in the catalogue")
  public String prices(
      @QueryParam("model") @Nullable String model,
      @QueryParam("version") @Nullable String version,
      @Context HttpHeaders headers) {
    // Whoever may ask for anything may see what it costs.
    var _ = Viewer.of(headers);
    if (version != null && !version.equals(catalog.version())) {
      return older(version, model);
    }
    if (model != null && catalog.find(model).isEmpty()) {
      throw new ProblemException(
          Problem.notFound(
              "model_not_found",
              "There is no such model here; near to it are " + catalog.near(model, 3) + "."));
    }
    return PlainJson.text(PriceTable.of(catalog, model));
  }

  @GET
  @Path("/versions")
  @Operation(
      operationId = "priceVersions",
      summary = "The price lists there were, latest first",
      description = "Each was kept when this service first ran with it.")
  public String versions(@Context HttpHeaders headers) {
    var _ = Viewer.of(headers);
    return PlainJson.text(new Versions("price.versions", versions.all()));
  }

  /** All lists. */
  record Versions(String object, List<PriceVersions.Version> versions) {}

  private String older(String version, @Nullable String model) {
    ObjectNode list =
        versions
            .prices(version)
            .orElseThrow(
                () ->
                    new ProblemException(
                        Problem.notFound(
                            "version_not_found",
                            "There is no such price list; /v1/prices/versions lists those there are.")));
    if (model != null && list.get("prices") instanceof ArrayNode lines) {
      for (Iterator<JsonNode> line = lines.iterator(); line.hasNext(); ) {
        if (!line.next().path("model").asText().equals(model)) {
          line.remove();
        }
      }
      if (lines.isEmpty()) {
        throw new ProblemException(
            Problem.notFound(
                "model_not_found",
                "That price list has no such model; leave model out to see all."));
      }
    }
    return Json.text(list);
  }
}
