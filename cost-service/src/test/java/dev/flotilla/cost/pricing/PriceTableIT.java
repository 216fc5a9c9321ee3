package dev.flotilla.cost.pricing;

import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.running.RunningCostService;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PriceTableIT {
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
    assertEquals(3, tree(get("/v1/prices")).path("prices").size());
  }

  @Test
  void a_model_nobody_knows_is_not_free_but_unknown() {
    HttpResponse<String> none = get("/v1/prices?model=acme/grander");
    assertEquals(404, none.statusCode());
    assertTrue(none.body().contains("acme/grand"), none.body());
    assertEquals(401, service.getAsNobody("/v1/prices").statusCode());
  }

  private HttpResponse<String> get(String path) {
    return service.get(path, "prices", "caller");
  }
}
