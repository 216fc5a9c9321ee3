package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A threshold or a wait of an alert that is halved or doubled makes one of its tests fail. Windows
 * are not looked at, and neither are rates over days: their tests would take longer than all others
 * together.
 */
class AlertNumbersTest {
  private static final Set<String> OVER_DAYS =
      Set.of("FallbackBudgetBurn", "ErrorBudgetBurnFast", "ErrorBudgetBurnSlow");
  private static final Pattern THRESHOLD =
      Pattern.compile("(?:>=|==|[<>])\\s*(\\d[\\d.e]*)(?![\\d.emhd])");
  private static final Pattern WAIT = Pattern.compile("(\\d+)m");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void each_of_them_is_tested_on_both_sides() {
    var changed = new ArrayList<Changed>();
    for (JsonNode alert : AlertsTest.alerts()) {
      if (!OVER_DAYS.contains(alert.path("alert").asText())) {
        changes(alert, "expr", THRESHOLD, changed);
        changes(alert, "for", WAIT, changed);
      }
    }
    assertTrue(changed.size() > 80, changed.size() + " changes");
    List<String> unnoticed =
        changed.parallelStream().filter(this::passes).map(Changed::toString).sorted().toList();
    assertEquals(List.of(), unnoticed);
  }

  private record Changed(ObjectNode alert, String where, String from, String to) {
    String name() {
      return alert.path("alert").asText();
    }

    @Override
    public String toString() {
      return name() + " " + where + ": " + to + " instead of " + from;
    }
  }

  private static void changes(JsonNode alert, String field, Pattern number, List<Changed> into) {
    String text = alert.path(field).asText();
    var found = number.matcher(text);
    while (found.find()) {
      var value = new BigDecimal(found.group(1));
      for (var factor : List.of(new BigDecimal("0.5"), new BigDecimal(2))) {
        if (value.signum() == 0) {
          continue;
        }
        String other = value.multiply(factor).toPlainString();
        if (field.equals("for")) {
          // Promtool wants whole units.
          other = value.multiply(factor).multiply(new BigDecimal(60)).intValueExact() + "s";
        }
        int end = field.equals("for") ? found.end() : found.end(1);
        var copy = ((ObjectNode) alert).deepCopy();
        copy.put(field, text.substring(0, found.start(1)) + other + text.substring(end));
        into.add(new Changed(copy, field, found.group(1), other));
      }
    }
  }

  /** Whether the tests of this alert, alone, find nothing wrong. */
  private boolean passes(Changed changed) {
    try {
      var rules = JSON.createObjectNode();
      var group = rules.putArray("groups").addObject().put("name", "changed");
      var ofGroup = group.putArray("rules");
      AlertsTest.rules().stream()
          .filter(rule -> rule.has("record"))
          .filter(
              rule -> changed.alert().path("expr").asText().contains(rule.path("record").asText()))
          .forEach(ofGroup::add);
      ofGroup.add(changed.alert());
      Path place = Files.createTempDirectory(folder, "changed");
      JSON.writeValue(place.resolve("rules.yaml").toFile(), rules);
      JSON.writeValue(place.resolve("test.yaml").toFile(), testsOf(changed.name()));
      String said = AlertsTest.promtool("test", "rules", place.resolve("test.yaml").toString());
      assertTrue(said.contains("SUCCESS") || said.contains("FAILED:"), said);
      assertTrue(!said.contains("parse error"), said);
      return said.contains("SUCCESS");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode testsOf(String alert) {
    var all = JSON.createObjectNode();
    all.putArray("rule_files").add("rules.yaml");
    var tests = all.putArray("tests");
    for (Path file : AlertsTest.tests()) {
      JsonNode tree = Manifests.trees(Project.read(file)).getFirst();
      for (JsonNode test : tree.path("tests")) {
        var copy = ((ObjectNode) test).deepCopy();
        var checks = copy.putArray("alert_rule_test");
        for (JsonNode check : test.path("alert_rule_test")) {
          if (check.path("alertname").asText().equals(alert)) {
            checks.add(check);
          }
        }
        if (!checks.isEmpty()) {
          all.set("evaluation_interval", tree.path("evaluation_interval"));
          tests.add(copy);
        }
      }
    }
    return all;
  }
}
