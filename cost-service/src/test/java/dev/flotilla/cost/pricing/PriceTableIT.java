package dev.flotilla.cost.pricing;

import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PriceTableIT {
  @TempDir Path folder;
  private final RunningCostService service = RunningCostService.get();

  @Test
  void prices_are_told_with_their_version_and_their_days() {
    JsonNode told = tree(get("/v1/prices?model=acme/grand"));
    assertEquals(
        Catalog.readAll(Path.of("src/test/resources/config/catalog")).version(),
        told.path("version").asText());
    assertEquals(2, told.path("prices").size());
    assertEquals("2026-06-01", told.at("/prices/1/from").asText());
    assertEquals("standard", told.at("/prices/0/service").asText());
    assertEquals("10", told.at("/prices/0/usd_per_million/input").asText());
    assertTrue(get("/v1/prices?model=acme/swift").body().contains("\"cache_read\":0.1"));
    assertEquals(5, tree(get("/v1/prices")).path("prices").size());
  }

  @Test
  void a_model_nobody_knows_is_not_free_but_unknown() {
    HttpResponse<String> none = get("/v1/prices?model=acme/grander");
    assertEquals(404, none.statusCode());
    assertTrue(none.body().contains("acme/grand"), none.body());
    assertEquals(401, service.getAsNobody("/v1/prices").statusCode());
  }

  @Test
  void a_list_that_held_once_is_still_told_as_it_was() throws Exception {
    String now = tree(get("/v1/prices")).path("version").asText();
    var database =
        Database.open(
            new DatabaseConfig(
                "cost",
                service.database().jdbcUrl(),
                service.database().user(),
                service.database().password(),
                2));
    try (database) {
      assertTrue(database.awaitMigrated(Duration.ofSeconds(20)));
      Path older =
          Files.writeString(
              folder.resolve("acme.yaml"),
              Files.readString(Path.of("src/test/resources/config/catalog/acme.yaml"))
                  .replace("input: 10", "input: 12"));
      var catalog = Catalog.readAll(older.getParent());
      var versions = new PriceVersions(database, catalog);
      versions.keep();
      versions.keep();
      JsonNode told = tree(get("/v1/prices?version=" + catalog.version() + "&model=acme/grand"));
      assertEquals(catalog.version(), told.path("version").asText());
      assertEquals("12", told.at("/prices/0/usd_per_million/input").asText());
      assertEquals(
          "10",
          tree(get("/v1/prices?version=" + now + "&model=acme/grand"))
              .at("/prices/0/usd_per_million/input")
              .asText());
      JsonNode all = tree(get("/v1/prices/versions")).path("versions");
      assertEquals(2, all.size(), all.toString());
      for (JsonNode version : all) {
        assertEquals(
            now.equals(version.path("version").asText()), version.path("current").asBoolean());
      }
    }
    assertEquals(404, get("/v1/prices?version=sha256:never").statusCode());
  }

  private HttpResponse<String> get(String path) {
    return service.get(path, "prices", "caller");
  }
}
