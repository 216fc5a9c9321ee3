package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The alerts whose link leads to the screen of providers, word for word as Prometheus has them: the
 * build puts the chart's own file beside this class. Immutable.
 *
 * @param alerts in the file's order
 * @param recorded what the names in their expressions stand for
 */
record Alerts(List<Alert> alerts, Map<String, String> recorded) {
  private static final String HERE = "console/providers";

  /**
   * One of them.
   *
   * @param lasts how long it must hold before it fires; empty for not at all
   * @param runbook its name, without the folder
   */
  record Alert(
      String name, String severity, String lasts, String expr, String means, String runbook) {}

  Alerts {
    alerts = List.copyOf(alerts);
    // In the order of the file.
    recorded = Collections.unmodifiableMap(new LinkedHashMap<>(recorded));
  }

  static Alerts read() {
    try (InputStream in = Alerts.class.getResourceAsStream("alerts.yaml")) {
      if (in == null) {
        throw new IllegalStateException("the chart's alerts.yaml is not in the jar");
      }
      return of(new ObjectMapper(new YAMLFactory()).readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Alerts of(JsonNode file) {
    var alerts = new ArrayList<Alert>();
    Map<String, String> recorded = new LinkedHashMap<>();
    for (JsonNode group : file.path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.has("record")) {
          recorded.put(rule.path("record").asText(), rule.path("expr").asText());
        } else if (rule.at("/annotations/console_url").asText().startsWith(HERE)) {
          alerts.add(alert(rule));
        }
      }
    }
    recorded.keySet().removeIf(name -> alerts.stream().noneMatch(one -> one.expr().contains(name)));
    return new Alerts(alerts, recorded);
  }

  private static Alert alert(JsonNode rule) {
    return new Alert(
        rule.path("alert").asText(),
        rule.at("/labels/severity").asText(),
        rule.path("for").asText(),
        rule.path("expr").asText(),
        rule.at("/annotations/description").asText(),
        rule.at("/annotations/runbook_url")
            .asText()
            .replaceAll(".*/", "")
            .replaceFirst("\\.md$", ""));
  }
}
