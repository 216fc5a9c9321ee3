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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dashboards are ones anybody can use, and ask for what there is. */
class DashboardTest {
  private static final List<String> NAMES = List.of("fleet", "cost", "pipelines");
  private static final Pattern RATE = Pattern.compile("\\[([^\\]]+)]");
  private static final Set<String> WINDOWS = Set.of("$__rate_interval", "1h", "1d");

  static List<String> names() {
    return NAMES;
  }

  @Test
  void there_are_those_and_no_others() {
    assertEquals(
        NAMES.stream().sorted().toList(),
        Project.filesIn(Project.CHART.resolve("files/dashboards"), ".json").stream()
            .map(file -> file.getFileName().toString().replace(".json", ""))
            .toList());
  }

  @ParameterizedTest
  @MethodSource("names")
  void it_can_be_linked_and_is_not_changed_in_place(String name) {
    JsonNode dashboard = dashboard(name);
    assertEquals("flotilla-" + name, dashboard.path("uid").asText());
    assertFalse(dashboard.path("editable").asBoolean(true));
    assertEquals(
        List.of("datasource", "namespace", "job", "instance"),
        StreamSupport.stream(dashboard.at("/templating/list").spliterator(), false)
            .map(variable -> variable.path("name").asText())
            .toList());
    for (JsonNode variable : dashboard.at("/templating/list")) {
      boolean asks = variable.path("type").asText().equals("query");
      assertEquals(asks, variable.path("datasource").has("uid"), variable.toString());
      // With all of them chosen a query must find what has no such label, too.
      assertTrue(!asks || variable.path("allValue").asText().equals(".*"), variable.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void every_panel_says_what_it_shows_from_where_and_in_which_unit(String name) {
    var titles = new HashSet<String>();
    for (JsonNode panel : dashboard(name).path("panels")) {
      String title = panel.path("title").asText();
      assertFalse(title.isEmpty());
      assertTrue(titles.add(title), title + " is there twice");
      assertTrue(panel.path("description").asText().length() > 20, title);
      assertFalse(panel.at("/fieldConfig/defaults/unit").asText().isEmpty(), title);
      assertEquals("${datasource}", panel.at("/datasource/uid").asText(), title);
      for (JsonNode target : panel.path("targets")) {
        assertEquals("${datasource}", target.at("/datasource/uid").asText(), title);
        assertFalse(target.path("legendFormat").asText().isEmpty(), title);
        String query = target.path("expr").asText();
        for (String variable : List.of("namespace", "job", "instance")) {
          assertTrue(query.contains(variable + "=~\"$" + variable + "\""), title);
        }
        // A window of its own is for what is said of hours and days.
        assertTrue(
            RATE.matcher(query).results().allMatch(w -> WINDOWS.contains(w.group(1))), title);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void every_query_asks_for_metrics_the_services_have(String name) {
    var known = AlertsTest.metricsOfTheServices();
    for (String query : queries(dashboard(name))) {
      AlertsTest.metricsIn(query).forEach(each -> assertTrue(known.contains(each), each));
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void promtool_understands_every_query(String name, @TempDir Path folder) throws Exception {
    String rules =
        queries(dashboard(name)).stream()
            .map(query -> query.replace("$__rate_interval", "5m"))
            .map(query -> query.replaceAll("\\$(namespace|job|instance)", ".*"))
            .map(query -> "      - {record: a:query, expr: '" + query + "'}\n")
            .distinct()
            .collect(Collectors.joining("", "groups:\n  - name: queries\n    rules:\n", ""));
    Path file = Files.writeString(folder.resolve("queries.yaml"), rules);
    String said = AlertsTest.promtool("check", "rules", "--lint=none", file.toString());
    assertTrue(said.contains("SUCCESS"), said);
  }

  @ParameterizedTest
  @MethodSource("names")
  void the_chart_brings_it_as_it_is(String name) {
    var map =
        Rendering.of(Project.CHART.resolve("ci/full-values.yaml"))
            .one(ConfigMap.class, "flotilla-dashboards");
    assertEquals(dashboard(name), json(map.getData().get("flotilla-" + name + ".json")));
    assertEquals("1", map.getMetadata().getLabels().get("grafana_dashboard"));
  }

  @Test
  void every_alert_leads_to_one_of_them() {
    for (JsonNode alert : AlertsTest.alerts()) {
      String url = alert.at("/annotations/dashboard_url").asText();
      assertTrue(
          NAMES.stream().anyMatch(name -> url.equals("d/flotilla-" + name)),
          alert.path("alert").asText() + ": " + url);
    }
  }

  private static JsonNode dashboard(String name) {
    return json(Project.read(Project.CHART.resolve("files/dashboards/" + name + ".json")));
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
