package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** k8s/base is what the chart renders, and the overlays change things that are there. */
class PlainManifestsTest {
  private static final Path BASE = Project.K8S.resolve("base");

  static List<Path> overlays() throws IOException {
    try (var folders = Files.list(Project.K8S.resolve("overlays"))) {
      return folders.sorted().toList();
    }
  }

  @Test
  void base_is_what_the_chart_renders() throws IOException {
    Map<String, String> rendered = rendered();
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(BASE);
      for (Path old : Project.filesIn(BASE, ".yaml")) {
        Files.delete(old);
      }
      for (var file : rendered.entrySet()) {
        Files.writeString(BASE.resolve(file.getKey()), file.getValue());
      }
    }
    Map<String, String> written =
        Project.filesIn(BASE, ".yaml").stream()
            .collect(
                Collectors.toMap(
                    file -> file.getFileName().toString(),
                    Project::read,
                    (a, b) -> a,
                    TreeMap::new));
    assertEquals(rendered.keySet(), written.keySet(), "write it anew with -Dgolden.write=true");
    rendered.forEach(
        (file, text) ->
            assertEquals(
                text, written.get(file), file + ": write it anew with -Dgolden.write=true"));
  }

  /** The chart's words, but for the namespace, which is the overlay's to say. */
  private static Map<String, String> rendered() {
    var files = new TreeMap<String, String>();
    Rendering.of(Project.K8S.resolve("values.yaml"))
        .bySource()
        .forEach(
            (source, text) ->
                files.put(source, text.replaceAll("(?m)^  namespace: llm\\n", "").strip() + "\n"));
    files.put(
        "kustomization.yaml",
        "# Rendered from helm/flotilla with ../values.yaml; change those, not this.\n"
            + "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"
            + files.keySet().stream()
                .map(file -> "  - " + file + "\n")
                .collect(Collectors.joining()));
    return files;
  }

  @Test
  void base_is_parsed_strictly() {
    for (Path file : Project.filesIn(BASE, ".yaml")) {
      if (!file.endsWith("kustomization.yaml")) {
        assertFalse(Manifests.parse(Project.read(file)).isEmpty(), file.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void an_overlay_changes_what_is_there(Path overlay) {
    JsonNode kustomization =
        Manifests.trees(Project.read(overlay.resolve("kustomization.yaml"))).getFirst();
    for (JsonNode resource : kustomization.path("resources")) {
      assertTrue(Files.exists(overlay.resolve(resource.asText())), resource.asText());
    }
    var known =
        Project.filesIn(BASE, ".yaml").stream()
            .flatMap(file -> Manifests.trees(Project.read(file)).stream())
            .map(PlainManifestsTest::identity)
            .collect(Collectors.toSet());
    int patches = 0;
    for (JsonNode patch : kustomization.path("patches")) {
      for (JsonNode change :
          Manifests.trees(Project.read(overlay.resolve(patch.path("path").asText())))) {
        assertTrue(known.contains(identity(change)), identity(change));
        patches++;
      }
    }
    assertTrue(patches > 0, overlay.toString());
  }

  private static String identity(JsonNode thing) {
    return thing.path("kind").asText() + "/" + thing.at("/metadata/name").asText();
  }
}
