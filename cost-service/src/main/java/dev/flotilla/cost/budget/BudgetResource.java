package dev.flotilla.cost.budget;

import dev.flotilla.cost.door.PlainJson;
import dev.flotilla.cost.door.Viewer;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Budgets: everybody sees those they fall under, admins see and change all. */
@Path("/v1/budgets")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
public class BudgetResource {
  private static final String ADMIN = "admin";

  private final Budgets budgets;

  @Inject
  BudgetResource(Budgets budgets) {
    this.budgets = budgets;
  }

  @GET
  @Operation(operationId = "budgets", summary = "The budgets the caller may see")
  public String all(@Context HttpHeaders headers) {
    Viewer.of(headers);
    List<BudgetStanding> shown =
        budgets.all().stream().filter(budget -> sees(headers, budget.id())).toList();
    return PlainJson.text(new BudgetList("list", shown));
  }

  @GET
  @Path("/{scope}")
  @Operation(operationId = "budget", summary = "A budget and how it stands")
  public String one(@PathParam("scope") String text, @Context HttpHeaders headers) {
    Viewer.of(headers);
    Scope scope = scope(text);
    return sees(headers, scope.id())
        ? shown(budgets.find(scope), scope)
        : shown(Optional.empty(), scope);
  }

  @PUT
  @Path("/{scope}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "setBudget",
      summary = "Sets a budget",
      description =
          "What was spent since its period began counts from the start. Instances of provider-service hear of it within seconds.")
  public String set(@PathParam("scope") String text, byte[] body, @Context HttpHeaders headers) {
    mayChange(headers);
    return PlainJson.text(budgets.put(scope(text), TermsReader.read(body)));
  }

  @DELETE
  @Path("/{scope}")
  @Operation(
      operationId = "removeBudget",
      summary = "Removes a budget; what it limited is unlimited")
  public String remove(@PathParam("scope") String text, @Context HttpHeaders headers) {
    mayChange(headers);
    Scope scope = scope(text);
    if (!budgets.delete(scope)) {
      throw unknown(scope);
    }
    return PlainJson.text(new Removed("budget", scope.id(), true));
  }

  @POST
  @Path("/{scope}/rebuild")
  @Operation(
      operationId = "rebuildBudget",
      summary = "Counts a budget again from the ledger",
      description = "Changes nothing when all is well.")
  public String rebuild(@PathParam("scope") String text, @Context HttpHeaders headers) {
    mayChange(headers);
    Scope scope = scope(text);
    return shown(budgets.rebuild(scope), scope);
  }

  /** A budget that is no more. */
  record Removed(String object, String id, boolean deleted) {}

  /** The budgets that a caller may see. */
  record BudgetList(String object, List<BudgetStanding> data) {}

  private static String shown(Optional<BudgetStanding> found, Scope scope) {
    return PlainJson.text(found.orElseThrow(() -> unknown(scope)));
  }

  private static ProblemException unknown(Scope scope) {
    return new ProblemException(
        Problem.notFound(
            "budget_not_found",
            "There is no budget " + scope.id() + " that you may see; GET /v1/budgets lists them."));
  }

  private static Scope scope(String text) {
    return Scope.of(text)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.invalid(
                        "invalid_budget",
                        "A budget belongs to one of " + Scope.examples() + ".",
                        "scope")));
  }

  private static boolean sees(HttpHeaders headers, String id) {
    Caller caller = Caller.received(headers::getHeaderString);
    return caller != null
        && (Viewer.of(headers).seesAllTeams()
            || id.equals("team:" + caller.team())
            || id.equals("key:" + caller.key())
            || (caller.project() != null && id.equals("project:" + caller.project())));
  }

  private static void mayChange(HttpHeaders headers) {
    Viewer.of(headers);
    Caller caller = Caller.received(headers::getHeaderString);
    if (caller == null || !caller.has(ADMIN)) {
      throw new ProblemException(
          Problem.forbidden(
              "admin_required", "Only a key with the role admin may change a budget.", null));
    }
  }
}
