package dev.flotilla.cost.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Spools of the version before are shipped to this one. The team skew belongs to this class. */
class PreviousReleaseIT {
  private static final Path RECORDED = Path.of("../contracts/src/test/resources/recorded/0.1.0");

  private final RunningCostService service = RunningCostService.get();

  @Test
  void what_0_1_0_spooled_and_explained_is_taken_and_so_is_what_a_later_one_adds()
      throws IOException {
    List<ObjectNode> entries = rows("entries");
    assertEquals(
        3,
        service.receipt(entries.subList(1, 4).toArray(ObjectNode[]::new)).path("accepted").asInt());
    entries.forEach(entry -> entry.putObject("of_a_later_version").put("x", 1));
    JsonNode again = service.receipt(entries.toArray(ObjectNode[]::new));
    assertEquals(0, again.path("rejected").size(), again.toString());
    assertEquals(0, again.path("accepted").asInt(), again.toString());
    List<ObjectNode> decisions = rows("decisions");
    decisions.forEach(decision -> decision.putObject("of_a_later_version").put("x", 1));
    service.keep(decisions.toArray(ObjectNode[]::new));
    HttpResponse<String> costs =
        service.get("/v1/costs?group_by=model&from=2026-06-21&to=2026-06-22", "skew", "viewer");
    assertTrue(costs.body().contains("\"settled_nanos\":21300"), costs.body());
  }

  @Test
  void what_0_1_0_asked_a_lease_for_is_granted() throws IOException {
    ObjectNode demand =
        (ObjectNode)
            RunningCostService.JSON.readTree(RECORDED.resolve("lease-demand.json").toFile());
    demand.put("of_a_later_version", 1);
    HttpResponse<String> answer =
        service.ask("PUT", "/v1/leases/" + UUID.randomUUID(), demand.toString(), "skew", "caller");
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static List<ObjectNode> rows(String file) throws IOException {
    var rows = new ArrayList<ObjectNode>();
    RunningCostService.JSON
        .readTree(Files.readString(RECORDED.resolve(file + ".json")))
        .path(file)
        .forEach(row -> rows.add((ObjectNode) row));
    return rows;
  }
}
