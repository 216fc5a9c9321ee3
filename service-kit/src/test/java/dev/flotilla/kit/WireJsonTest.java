package dev.flotilla.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.decision.DecisionBatch;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.ledger.RejectedEntry;
import dev.flotilla.kit.json.JsonbOnTheWire;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.json.WireJson;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireJsonTest {
  /** Every record of the contracts that services send each other in numbers. */
  @ParameterizedTest
  @ValueSource(
      classes = {
        LedgerEntry.class,
        EntryBatch.class,
        BatchReceipt.class,
        RejectedEntry.class,
        AttemptUsage.class,
        AttemptReport.class,
        Decision.class,
        DecisionBatch.class
      })
  void is_what_json_b_writes_and_reads(Class<?> type) throws Exception {
    for (boolean full : new boolean[] {true, false}) {
      Object record = filled(type, full);
      String standard = JsonbOnTheWire.jsonb().toJson(record);
      var mapper = new ObjectMapper();
      assertEquals(mapper.readTree(standard), mapper.readTree(WireJson.bytes(record)));
      assertEquals(record, WireJson.read(standard.getBytes(UTF_8), type));
      assertEquals(record, JsonbOnTheWire.jsonb().fromJson(WireJson.text(record), type));
    }
  }

  @Test
  void a_newer_services_field_is_passed_over_and_what_is_no_json_is_told() throws Exception {
    String newer = "{\"input\":1,\"cacheRead\":2,\"surprise\":[1]}";
    assertEquals(1, WireJson.read(newer.getBytes(UTF_8), AttemptUsage.class).input());
    assertThrows(NotJson.class, () -> WireJson.read(new byte[] {1}, AttemptUsage.class));
  }

  /** A record with a value in every component, or in none that may be absent. */
  private static Object filled(Class<?> type, boolean full) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    var types = new Class<?>[components.length];
    var values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i], full);
    }
    return type.getDeclaredConstructor(types).newInstance(values);
  }

  private static Object value(RecordComponent component, boolean full)
      throws ReflectiveOperationException {
    Class<?> type = component.getType();
    if (type == boolean.class) {
      return full;
    } else if (type == int.class) {
      return 7;
    } else if (type == long.class) {
      return 9_007_199_254_740_993L;
    } else if (type == double.class) {
      return 0.57;
    } else if (type == List.class) {
      String of = component.getGenericType().getTypeName();
      Class<?> element = Class.forName(of.substring(of.indexOf('<') + 1, of.length() - 1));
      return element == String.class ? List.of("a", "ü\"\n") : List.of(filled(element, full));
    } else if (!full) {
      return null;
    } else if (type == String.class) {
      return "a \"ü\" \u0001";
    } else if (type == Instant.class) {
      return Instant.parse("2026-11-21T10:00:00.123456789Z");
    } else if (type == Map.class) {
      return Map.of("feature", "search");
    } else if (type == Integer.class) {
      return 3;
    } else if (type == Long.class) {
      return 4L;
    } else if (type == Boolean.class) {
      return true;
    } else if (type == Double.class) {
      return 1.5;
    } else if (type.isRecord()) {
      return filled(type, true);
    }
    throw new IllegalArgumentException(component.toString());
  }
}
