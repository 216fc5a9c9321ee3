package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The chart's README is what the comments of values.yaml say, key by key. */
class ChartReadmeTest {
  private static final Path README = Project.CHART.resolve("README.md");
  private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z][A-Za-z0-9]*):(?: +(.*))?$");

  /** A key of values.yaml. An empty value is a map whose keys follow. */
  private record Key(String path, String value, String comment) {}

  @Test
  void the_readme_is_what_the_comments_say() throws IOException {
    String rendered = rendered();
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(README, rendered);
    }
    assertEquals(rendered, Project.read(README), "write it anew with -Dgolden.write=true");
  }

  @Test
  void every_key_of_the_values_is_in_it() {
    JsonNode values =
        Manifests.trees(Project.read(Project.CHART.resolve("values.yaml"))).getFirst();
    var named = keys().stream().map(Key::path).toList();
    values
        .fieldNames()
        .forEachRemaining(
            key ->
                assertTrue(
                    named.stream().anyMatch(it -> it.equals(key) || it.startsWith(key + ".")),
                    key));
    assertTrue(named.contains("networkPolicy.internet.cidr"), named.toString());
    assertTrue(named.contains("providers.openai.dedicated"), named.toString());
  }

  private static String rendered() {
    JsonNode chart = Manifests.trees(Project.read(Project.CHART.resolve("Chart.yaml"))).getFirst();
    var text = new StringBuilder();
    text.append("# flotilla ").append(chart.path("version").asText()).append("\n\n");
    text.append(chart.path("description").asText()).append(". Kubernetes ");
    text.append(chart.path("kubeVersion").asText().replace("-0", "")).append(".\n\n");
    text.append("How to install it, from images to the first answer: ");
    text.append("[Flotilla on Kubernetes](../../docs/reference/deploy.md). ");
    text.append("A key that is not here is refused.\n\n");
    text.append("<!-- Written by ChartReadmeTest from values.yaml; change that. -->\n\n");
    text.append("| key | default | |\n|---|---|---|\n");
    for (Key key : keys()) {
      text.append("| `").append(key.path()).append("` | ");
      if (!key.value().isEmpty()) {
        text.append('`').append(key.value().replace("|", "\\|")).append('`');
      }
      text.append(" | ").append(key.comment().replace("|", "\\|")).append(" |\n");
    }
    return text.toString();
  }

  private static List<Key> keys() {
    var keys = new ArrayList<Key>();
    Deque<String> path = new ArrayDeque<>();
    var comment = new ArrayList<String>();
    for (String line : Project.read(Project.CHART.resolve("values.yaml")).lines().toList()) {
      String stripped = line.strip();
      if (stripped.startsWith("#")) {
        comment.add(stripped.substring(1).strip());
        continue;
      }
      var found = KEY.matcher(line);
      if (found.matches()) {
        while (path.size() > found.group(1).length() / 2) {
          path.removeLast();
        }
        path.addLast(found.group(2));
        String value = found.group(3) == null ? "" : found.group(3);
        if (!value.isEmpty() || !comment.isEmpty()) {
          keys.add(new Key(String.join(".", path), value, String.join(" ", comment)));
        }
      }
      comment.clear();
    }
    return keys;
  }
}
