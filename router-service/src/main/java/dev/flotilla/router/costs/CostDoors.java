package dev.flotilla.router.costs;

import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.trail.Trail;
import dev.flotilla.router.upstream.Relay;
import dev.flotilla.router.upstream.Relays;
import java.util.List;

/** What was spent, what may be, and what things cost. */
public final class CostDoors {
  private static final int BUDGET_BYTES = 10_000;

  /** A provider's own bill of a month. */
  private static final int BILL_BYTES = 2_000_000;

  private static final String REPORTS = "Reports what was spent; passed on to cost-service.";
  private static final String QUOTES =
      "Lists what models cost, by day, service and length of the prompt.";
  private static final String COLLECTS =
      "Reports costs or usage in OpenAI's shape, for what collects them there; passed on to cost-service.";
  private static final String LIMITS =
      "Says what may be spent, what was, and when that begins anew.";

  private CostDoors() {}

  /**
   * @param trail remembers who changed what
   */
  public static List<Door> of(Relays relays, Trail trail) {
    Relay costs = relays.costs();
    Relay files = relays.exports();
    return List.of(
        new Door("GET", "/v1/costs", Role.READERS, 0, REPORTS, costs),
        new Door(
            "GET",
            "/v1/costs/export",
            Role.READERS,
            0,
            "Gives the ledger as a file of any length; passed on to cost-service.",
            files),
        new Door("GET", "/v1/costs/*", Role.READERS, 0, REPORTS, costs),
        new Door("GET", "/v1/prices", Role.READERS, 0, QUOTES, costs),
        new Door("GET", "/v1/prices/*", Role.READERS, 0, QUOTES, costs),
        new Door(
            "POST",
            "/v1/costs/imports",
            Role.ADMINS,
            BILL_BYTES,
            "Compares a provider's own bill with the ledger, per day and model, and corrects it when asked to.",
            trail.recording("bill.import", costs)),
        new Door("GET", "/v1/organization/costs", Role.READERS, 0, COLLECTS, costs),
        new Door("GET", "/v1/organization/usage/completions", Role.READERS, 0, COLLECTS, costs),
        new Door(
            "GET",
            "/v1/requests/*",
            Role.READERS,
            0,
            "Tells what happened to one request; passed on to cost-service.",
            costs),
        new Door("GET", "/v1/budgets", Role.READERS, 0, LIMITS, costs),
        new Door("GET", "/v1/budgets/*", Role.READERS, 0, LIMITS, costs),
        new Door(
            "PUT",
            "/v1/budgets/*",
            Role.ADMINS,
            BUDGET_BYTES,
            "Sets what a team, key, project or pipeline may spend in a period.",
            trail.recordingAll("budget.set", costs)),
        new Door(
            "DELETE",
            "/v1/budgets/*",
            Role.ADMINS,
            0,
            "Removes a budget.",
            trail.recording("budget.remove", costs)),
        new Door(
            "POST",
            "/v1/budgets/*",
            Role.ADMINS,
            0,
            "Counts a budget again from the ledger: …/rebuild.",
            trail.recording("budget.rebuild", costs)),
        new Door(
            "GET",
            "/v1/pipelines/{name}/roi",
            Role.READERS,
            0,
            "Says what a pipeline costs beside the same work by hand; passed on to cost-service.",
            costs));
  }
}
