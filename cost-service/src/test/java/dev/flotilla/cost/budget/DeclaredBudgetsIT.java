package dev.flotilla.cost.budget;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.settings.Settings;
import io.helidon.config.mp.MpConfigSources;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts of cost-service with one file of budgets and another, on one database. */
class DeclaredBudgetsIT {
  @TempDir private Path folder;

  private final RunningCostService service = RunningCostService.get();
  private final String team = "team-" + UUID.randomUUID();

  @Test
  void the_service_has_the_budgets_of_its_file_from_the_start() {
    JsonNode declared = tree(service.get("/v1/budgets/team:declared", "declared", "viewer"));
    assertEquals("12.5", declared.path("limit_usd").asText());
    assertEquals("week", declared.path("period").asText());
  }

  @Test
  void what_was_spent_before_counts() throws Exception {
    service.receipt(settled(intent(team, "req_1", Instant.now()), 700));
    startWith("- {scope: " + team + ", limit_usd: 1}");
    assertEquals(700, budget().path("spent_usd").decimalValue().movePointRight(9).longValueExact());
  }

  @Test
  void of_the_file_and_the_door_the_newer_word_holds() throws Exception {
    startWith("- {scope: " + team + ", limit_usd: 1}");
    assertEquals("1", limit());
    put("{\"limit_usd\":2}");
    startWith("- {limit_usd: 1.0, scope: " + team + "}");
    assertEquals("2", limit(), "the file says nothing new");
    startWith("- {scope: " + team + ", limit_usd: 3}");
    assertEquals("3", limit());
    startWith("[]");
    assertEquals("3", limit(), "a budget ends at the door only");
  }

  @Test
  void a_budget_that_was_removed_at_the_door_comes_back_while_the_file_declares_it()
      throws Exception {
    startWith("- {scope: " + team + ", limit_usd: 1}");
    service.ask("DELETE", "/v1/budgets/" + team, "", team, "admin");
    startWith("- {scope: " + team + ", limit_usd: 1}");
    assertEquals("1", limit());
  }

  private void startWith(String budgets) throws Exception {
    Files.writeString(folder.resolve("budgets.yaml"), budgets);
    var access = service.database();
    var settings =
        new Settings(
            ConfigProviderResolver.instance()
                .getBuilder()
                .withSources(
                    MpConfigSources.create(Map.of("flotilla.config.dir", folder.toString())))
                .build());
    try (var database =
        Database.open(
            new DatabaseConfig("cost", access.jdbcUrl(), access.user(), access.password(), 1))) {
      database.awaitMigrated(Duration.ofSeconds(20));
      new DeclaredBudgets(database, settings).putIntoForce();
    }
  }

  private void put(String terms) {
    HttpResponse<String> answer = service.ask("PUT", "/v1/budgets/" + team, terms, team, "admin");
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private String limit() {
    return budget().path("limit_usd").decimalValue().stripTrailingZeros().toPlainString();
  }

  private JsonNode budget() {
    return tree(service.get("/v1/budgets/" + team, team, "viewer"));
  }
}
