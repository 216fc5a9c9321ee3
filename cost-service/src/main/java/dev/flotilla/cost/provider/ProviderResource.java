package dev.flotilla.cost.provider;

import dev.flotilla.cost.door.PlainJson;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/**
 * For the router, which adds what only the services that call providers know. It says nothing of
 * teams, so that no viewer is asked for.
 */
@Path("/v1/ledger/providers")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class ProviderResource {
  private final RecentProviders recent;

  @Inject
  ProviderResource(RecentProviders recent) {
    this.recent = recent;
  }

  @GET
  @Operation(
      operationId = "recentProviders",
      summary = "How each provider did over the last five minutes and the last hour",
      description = "Counted from the ledger, so over all replicas; never a prompt or an answer.")
  @APIResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(implementation = RecentProviders.Report.class)))
  public String recent() {
    return PlainJson.text(recent.report());
  }
}
