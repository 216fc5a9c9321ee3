package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Alerts fire when they should and not otherwise, look at metrics there are, and say what to do.
 */
class AlertsTest {
  private static final Path RULES = Project.CHART.resolve("files/alerts.yaml");
  private static final Path TESTS = Path.of("src/test/promtool").toAbsolutePath();

  static List<Path> tests() {
    return Project.filesIn(TESTS, "-test.yaml");
  }

  static Stream<String> alertNames() {
    return alerts().stream().map(alert -> alert.path("alert").asText());
  }

  @Test
  void promtool_accepts_the_rules() throws Exception {
    assertTrue(promtool("check", "rules", RULES.toString()).contains("SUCCESS"));
  }

  @Test
  void alerts_fire_when_they_should_and_not_otherwise() {
    var wrong =
        tests().parallelStream().map(AlertsTest::faultsOf).flatMap(Optional::stream).toList();
    assertEquals(List.of(), wrong);
  }

  private static Optional<String> faultsOf(Path test) {
    try {
      String said = promtool("test", "rules", test.toString());
      return said.contains("SUCCESS") && !said.contains("FAILED")
          ? Optional.empty()
          : Optional.of(said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("alertNames")
  void an_alert_is_tested_both_ways(String name) {
    var checks =
        tests().stream()
            .flatMap(file -> Manifests.trees(Project.read(file)).stream())
            .flatMap(tree -> StreamSupport.stream(tree.path("tests").spliterator(), false))
            .flatMap(
                test -> StreamSupport.stream(test.path("alert_rule_test").spliterator(), false))
            .filter(check -> check.path("alertname").asText().equals(name))
            .map(check -> check.path("exp_alerts").isEmpty())
            .collect(Collectors.toSet());
    assertEquals(Set.of(true, false), checks);
  }

  @Test
  void an_alert_says_what_it_means_and_where_to_read_on() {
    for (JsonNode alert : alerts()) {
      String name = alert.path("alert").asText();
      assertTrue(Set.of("page", "ticket").contains(alert.at("/labels/severity").asText()), name);
      assertTrue(alert.at("/annotations/summary").asText().length() > 10, name);
      assertTrue(alert.at("/annotations/description").asText().length() > 20, name);
      Path runbook = Project.TREE.resolve(alert.at("/annotations/runbook_url").asText());
      assertTrue(Files.exists(runbook), name + ": " + runbook);
      String text = Project.read(runbook);
      assertTrue(text.contains("`" + name + "`"), runbook + " does not speak of " + name);
      for (String part : List.of("Impact", "Look first", "Do", "Rehearse")) {
        assertTrue(text.contains("\n## " + part + "\n"), runbook + " has no " + part);
      }
    }
  }

  /** An alert on a metric nobody has never fires. */
  @Test
  void rules_look_at_metrics_the_services_have() throws IOException {
    Set<String> known = metricsOfTheServices();
    for (JsonNode rule : rules()) {
      metricsIn(rule.path("expr").asText())
          .forEach(name -> assertTrue(known.contains(name), name + " is nobody's metric"));
    }
  }

  /** Names of metrics in an expression, as the services register them. */
  static Stream<String> metricsIn(String expression) {
    return Pattern.compile("\\b(?:llm|ledger|pipeline|review|config)_[a-z_]+\\b")
        .matcher(expression.replaceAll("\"[^\"]*\"", ""))
        .results()
        .map(MatchResult::group)
        .map(name -> name.replaceFirst("_(total|bucket|count|sum)$", ""));
  }

  static Set<String> metricsOfTheServices() {
    var literal = Pattern.compile("\"((?:llm|ledger|pipeline|review|config)_[a-z_]+)\"");
    var names = new TreeSet<String>();
    for (String module :
        List.of(
            "contracts", "router-service", "provider-service", "cost-service", "review-service")) {
      for (Path file : Project.filesIn(Project.TREE.resolve(module).resolve("src/main"), ".java")) {
        literal.matcher(Project.read(file)).results().forEach(it -> names.add(it.group(1)));
      }
    }
    return names;
  }

  static List<JsonNode> alerts() {
    return rules().stream().filter(rule -> rule.has("alert")).toList();
  }

  static List<JsonNode> rules() {
    return Manifests.trees(Project.read(RULES)).stream()
        .flatMap(tree -> StreamSupport.stream(tree.path("groups").spliterator(), false))
        .flatMap(group -> StreamSupport.stream(group.path("rules").spliterator(), false))
        .toList();
  }

  /** ./fleet test fetches the program; what it says is for both ends it can have. */
  static String promtool(String... arguments) throws IOException {
    var command = Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList();
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    // It ends soon: collecting garbage would only take a fifth of its time.
    builder.environment().put("GOGC", "800");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.onExit().join();
    return said;
  }
}
