package dev.flotilla.cost.budget;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import dev.flotilla.cost.row.StrictRow;
import dev.flotilla.cost.row.UnreadableRow;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Where provider-service gets what it may spend: the paths of {@link
 * dev.flotilla.contracts.lease.LeaseApi}, with bodies read strictly.
 */
@Path("/v1/leases")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class LeaseResource {
  private final Leases leases;

  @Inject
  LeaseResource(Leases leases) {
    this.leases = leases;
  }

  @GET
  @Path("/coverage")
  @Operation(operationId = "coverage", summary = "Which budgets a call falls under")
  public Coverage coverage(
      @QueryParam("team") @Nullable String team,
      @QueryParam("key") @Nullable String key,
      @QueryParam("project") @Nullable String project,
      @QueryParam("pipeline") @Nullable String pipeline) {
    if (team == null || key == null) {
      throw invalid("team and key are missing; name whose call it is");
    }
    return leases.coverage(team, key, project, pipeline);
  }

  @PUT
  @Path("/{id}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "renewLease",
      summary = "Gives back what is not needed and asks for more",
      description = "May be sent again: all totals only grow.")
  public LeaseGrant renew(@PathParam("id") String id, byte[] body) {
    return leases.renew(uuid(id), demand(body));
  }

  @DELETE
  @Operation(
      operationId = "releaseEarlierLives",
      summary = "Gives back what a holder's earlier lives left over",
      description = "For a holder that has shipped everything those lives wrote down.")
  public void releaseEarlierLives(
      @QueryParam("holder") @Nullable String holder, @QueryParam("life") @Nullable String life) {
    if (holder == null || life == null) {
      throw invalid("holder and life are missing; name who returned, and its present life");
    }
    leases.releaseEarlierLives(holder, life);
  }

  private static LeaseDemand demand(byte[] body) {
    try {
      JsonNode tree = Json.parseObject(body);
      var row = new StrictRow(tree);
      return new LeaseDemand(
          row.text("holder"),
          row.text("life"),
          row.text("team"),
          row.text("key"),
          row.optionalText("project"),
          row.optionalText("pipeline"),
          row.flag("cheapest"),
          StrictRow.require("need_nanos", row.count("need_nanos")),
          StrictRow.require("wanted_nanos", row.count("wanted_nanos")),
          StrictRow.require("returned_nanos", row.count("returned_nanos")));
    } catch (NotJson e) {
      throw new ProblemException(
          Problem.invalid("invalid_json", "The body is not JSON: " + e.getMessage(), null));
    } catch (UnreadableRow e) {
      throw invalid(e.sentence());
    }
  }

  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw invalid("the lease's id is not a UUID; choose one");
    }
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(Problem.invalid("invalid_lease", detail + ".", null));
  }
}
