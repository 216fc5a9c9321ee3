package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.router.console.Alerts.Alert;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private final Alerts alerts = Alerts.read();

  @Test
  void their_expressions_are_the_charts_word_for_word() throws Exception {
    String chart =
        Files.readString(Path.of("../helm/flotilla/files/alerts.yaml")).replaceAll("\\s+", " ");
    assertTrue(alerts.alerts().size() >= 6, alerts.toString());
    for (Alert alert : alerts.alerts()) {
      assertTrue(chart.contains(alert.expr().strip()), alert.toString());
    }
    assertEquals("FallbackRateHigh", alerts.alerts().getFirst().name());
    assertEquals("page", alerts.alerts().getFirst().severity());
    assertEquals("fallback-rate", alerts.alerts().getFirst().runbook());
    assertTrue(
        alerts
            .recorded()
            .getOrDefault("router:fallback:ratio_rate5m", "")
            .contains("llm_router_fallback_answers_total[5m]"),
        alerts.recorded().toString());
  }

  @Test
  void each_has_its_runbook_in_the_jar() {
    for (Alert alert : alerts.alerts()) {
      assertNotNull(
          Runbook.class.getResource("runbooks/" + alert.runbook() + ".md"), alert.runbook());
    }
  }
}
