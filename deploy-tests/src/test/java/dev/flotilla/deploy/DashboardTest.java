package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard is one anybody can use, and asks for what there is. */
class DashboardTest {
  private static final Path FILE = Project.CHART.resolve("files/dashboards/fleet.json");

  private final JsonNode dashboard = json(Project.read(FILE));

  @Test
  void it_can_be_linked_and_is_not_changed_in_place() {
    assertEquals("flotilla-fleet", dashboard.path("uid").asText());
    assertFalse(dashboard.path("editable").asBoolean(true));
    assertEquals(
        List.of("datasource", "namespace"),
        dashboard.at("/templating/list").findValuesAsText("name"));
  }

  @Test
  void every_panel_says_what_it_shows_from_where_and_in_which_unit() {
    for (JsonNode panel : dashboard.path("panels")) {
      String title = panel.path("title").asText();
      assertFalse(title.isEmpty());
      assertTrue(panel.path("description").asText().length() > 20, title);
      assertFalse(panel.at("/fieldConfig/defaults/unit").asText().isEmpty(), title);
      assertEquals("${datasource}", panel.at("/datasource/uid").asText(), title);
      for (String query : queries(panel)) {
        assertTrue(query.contains("namespace=~\"$namespace\""), title);
        assertTrue(!query.contains("rate(") || query.contains("[$__rate_interval]"), title);
      }
    }
  }

  @Test
  void every_query_asks_for_metrics_the_services_have() {
    var known = AlertsTest.metricsOfTheServices();
    for (String query : queries(dashboard)) {
      AlertsTest.metricsIn(query).forEach(name -> assertTrue(known.contains(name), name));
    }
  }

  @Test
  void promtool_understands_every_query(@TempDir Path folder) throws Exception {
    String rules =
        queries(dashboard).stream()
            .map(query -> query.replace("$__rate_interval", "5m").replace("$namespace", ".*"))
            .map(query -> "      - {record: a:query, expr: '" + query + "'}\n")
            .distinct()
            .collect(Collectors.joining("", "groups:\n  - name: queries\n    rules:\n", ""));
    Path file = Files.writeString(folder.resolve("queries.yaml"), rules);
    String said = AlertsTest.promtool("check", "rules", "--lint=none", file.toString());
    assertTrue(said.contains("SUCCESS"), said);
  }

  @Test
  void the_chart_brings_it_as_it_is() {
    var map =
        Rendering.of(Project.CHART.resolve("ci/full-values.yaml"))
            .one(ConfigMap.class, "flotilla-dashboards");
    assertEquals(dashboard, json(map.getData().get("flotilla-fleet.json")));
    assertEquals("1", map.getMetadata().getLabels().get("grafana_dashboard"));
  }

  private static List<String> queries(JsonNode part) {
    List<String> queries = part.findValuesAsText("expr");
    assertFalse(queries.isEmpty());
    return queries;
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
