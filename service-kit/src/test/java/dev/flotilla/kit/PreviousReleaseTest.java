package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.decision.DecisionBatch;
import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.WireJson;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** While a fleet is upgraded, services of two versions talk to each other. */
class PreviousReleaseTest {
  private static final Path RECORDED = Path.of("../contracts/src/test/resources/recorded");

  @ParameterizedTest
  @CsvSource({
    "0.1.0, entries, dev.flotilla.contracts.ledger.EntryBatch",
    "0.1.0, decisions, dev.flotilla.contracts.decision.DecisionBatch",
    "0.1.0, lease-demand, dev.flotilla.contracts.lease.LeaseDemand",
    "0.1.0, lease-grant, dev.flotilla.contracts.lease.LeaseGrant",
    "0.1.0, lease-refused, dev.flotilla.contracts.lease.LeaseGrant",
    "0.1.0, coverage, dev.flotilla.contracts.lease.Coverage",
    "0.1.0, receipt, dev.flotilla.contracts.ledger.BatchReceipt",
  })
  void what_a_release_sent_is_understood_and_what_a_later_one_adds_is_passed_over(
      String release, String file, Class<?> type) throws Exception {
    JsonNode sent =
        Json.parseObject(Files.readAllBytes(RECORDED.resolve(release).resolve(file + ".json")));
    Object read = WireJson.read(Json.bytes(sent), type);
    assertEquals(read, WireJson.read(Json.bytes(withMore(sent)), type));
    // Nothing that was said is lost on the way.
    assertEquals(sent, Json.parseObject(WireJson.bytes(read)));
    switch (read) {
      case EntryBatch batch -> assertEquals(4, batch.entries().size());
      case DecisionBatch batch -> assertEquals(1, batch.decisions().size());
      case LeaseDemand demand -> assertEquals(90_000, demand.needNanos());
      case LeaseGrant grant -> assertEquals(1, grant.budgets().size());
      case Coverage coverage -> assertEquals(30_000, coverage.validMs());
      case BatchReceipt receipt -> assertEquals(3, receipt.accepted());
      default -> assertNotNull(read);
    }
  }

  /** Fields nobody knows yet, in every object but maps, whose keys are the callers' words. */
  private static JsonNode withMore(JsonNode node) {
    JsonNode copy = node.deepCopy();
    add(copy, "");
    return copy;
  }

  private static void add(JsonNode node, String name) {
    node.properties().forEach(field -> add(field.getValue(), field.getKey()));
    if (node.isArray()) {
      node.forEach(item -> add(item, ""));
    }
    if (node instanceof ObjectNode object && !name.equals("tags")) {
      object.putObject("of_a_later_version").put("number", 7).putArray("list").add("x");
    }
  }
}
