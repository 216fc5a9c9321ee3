package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What of k8s/ is rendered is what the chart renders; what is written by hand changes things that
 * are there; and kustomize makes pods of it that are as restricted as the chart's.
 */
class PlainManifestsTest {
  private static final Path VALUES = Project.K8S.resolve("values.yaml");

  /**
   * Parts of the chart that not everybody wants: a folder, what is switched on for it, its
   * templates.
   */
  private record Rendered(
      String folder, Map<String, Object> switches, Set<String> templates, String more) {}

  private static final List<Rendered> COMPONENTS =
      List.of(
          new Rendered(
              "httproute",
              Map.of("gatewayApi.enabled", true, "gatewayApi.parentRefs[0].name", "public"),
              Set.of("httproute.yaml"),
              ""),
          new Rendered(
              "monitoring",
              Map.of(
                  "metrics.podMonitor.enabled", true,
                  "metrics.prometheusRule.enabled", true,
                  "metrics.dashboards.enabled", true),
              Set.of("monitors.yaml", "prometheusrule.yaml", "dashboards.yaml"),
              ""),
          new Rendered(
              "hpa",
              Map.of("defaults.autoscaling.enabled", true),
              Set.of("cost.yaml", "provider.yaml", "review.yaml", "router.yaml"),
              """
              # Their number is the autoscalers' alone.
              patches:
                - target: {kind: Deployment, labelSelector: app.kubernetes.io/part-of=flotilla}
                  patch: '[{"op": "remove", "path": "/spec/replicas"}]'
                - target: {kind: StatefulSet, labelSelector: app.kubernetes.io/part-of=flotilla}
                  patch: '[{"op": "remove", "path": "/spec/replicas"}]'
              """));

  static List<Path> overlays() throws IOException {
    try (var folders = Files.list(Project.K8S.resolve("overlays"))) {
      return folders.sorted().toList();
    }
  }

  @Test
  void what_is_rendered_is_what_the_chart_renders() throws IOException {
    var rendered = rendered();
    var folders =
        Stream.concat(Stream.of("base"), COMPONENTS.stream().map(it -> "components/" + it.folder()))
            .map(Project.K8S::resolve)
            .toList();
    if (Boolean.getBoolean("golden.write")) {
      for (Path folder : folders) {
        Files.createDirectories(folder);
        for (Path old : Project.filesIn(folder, ".yaml")) {
          Files.delete(old);
        }
      }
      for (var file : rendered.entrySet()) {
        Files.writeString(Project.K8S.resolve(file.getKey()), file.getValue());
      }
    }
    var written = new TreeMap<String, String>();
    for (Path folder : folders) {
      for (Path file : Project.filesIn(folder, ".yaml")) {
        written.put(Project.K8S.relativize(file).toString(), Project.read(file));
      }
    }
    assertEquals(rendered.keySet(), written.keySet(), "write it anew with -Dgolden.write=true");
    rendered.forEach(
        (file, text) ->
            assertEquals(
                text, written.get(file), file + ": write it anew with -Dgolden.write=true"));
  }

  /**
   * By file below k8s/: the chart's words, but for the namespace, which is the overlay's to say.
   */
  private static Map<String, String> rendered() {
    var files = new TreeMap<String, String>();
    var base = new TreeMap<String, String>();
    Rendering.of(VALUES).bySource().forEach((source, text) -> base.put(source, plain(text)));
    base.put("kustomization.yaml", kustomization("v1beta1", "Kustomization", "..", base, ""));
    base.forEach((name, text) -> files.put("base/" + name, text));
    for (Rendered component : COMPONENTS) {
      var parts = new TreeMap<String, String>();
      Rendering.of(VALUES, component.switches())
          .bySource()
          .forEach(
              (source, text) -> {
                if (component.templates().contains(source)) {
                  parts.put(
                      source, plain(component.folder().equals("hpa") ? autoscaler(text) : text));
                }
              });
      parts.put(
          "kustomization.yaml",
          kustomization("v1alpha1", "Component", "../..", parts, component.more()));
      parts.forEach(
          (name, text) -> files.put("components/" + component.folder() + "/" + name, text));
    }
    return files;
  }

  private static String plain(String text) {
    return text.replaceAll("(?m)^  namespace: llm\\n", "").strip() + "\n";
  }

  /** Of a template's manifests those that say how many pods there are. */
  private static String autoscaler(String text) {
    return Stream.of(text.split("(?m)^---\\n"))
        .filter(manifest -> manifest.contains("kind: HorizontalPodAutoscaler"))
        .map(String::strip)
        .collect(Collectors.joining("\n---\n"));
  }

  private static String kustomization(
      String version, String kind, String up, Map<String, String> files, String more) {
    return "# Rendered from helm/flotilla with "
        + up
        + "/values.yaml; change those, not this.\n"
        + "apiVersion: kustomize.config.k8s.io/"
        + version
        + "\nkind: "
        + kind
        + "\nresources:\n"
        + files.keySet().stream().map(file -> "  - " + file + "\n").collect(Collectors.joining())
        + more;
  }

  @Test
  void everything_is_parsed_strictly() {
    for (String folder : List.of("base", "components")) {
      for (Path file : Project.filesIn(Project.K8S.resolve(folder), ".yaml")) {
        if (!file.endsWith("kustomization.yaml") && !file.endsWith("demo/providers.yaml")) {
          assertFalse(Manifests.parse(Project.read(file)).isEmpty(), file.toString());
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void an_overlay_changes_what_is_there(Path overlay) {
    JsonNode kustomization = kustomizationOf(overlay);
    var known = new TreeSet<String>();
    for (String kind : List.of("resources", "components")) {
      for (JsonNode resource : kustomization.path(kind)) {
        Path folder = overlay.resolve(resource.asText()).normalize();
        assertTrue(Files.exists(folder.resolve("kustomization.yaml")), resource.asText());
        Project.filesIn(folder, ".yaml").stream()
            .filter(file -> !file.endsWith("kustomization.yaml"))
            .flatMap(file -> Manifests.trees(Project.read(file)).stream())
            .forEach(thing -> known.add(identity(thing)));
      }
    }
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

  /** By the program people use. Where there is none, what is above is all that is known here. */
  @ParameterizedTest
  @MethodSource("overlays")
  void kustomize_makes_restricted_pods_of_an_overlay(Path overlay) throws Exception {
    if (Stream.of(System.getenv("PATH").split(":"))
        .noneMatch(it -> Files.isExecutable(Path.of(it, "kubectl")))) {
      System.out.println("no kubectl here: " + overlay + " was not built by it");
      assertTrue(Files.exists(overlay.resolve("kustomization.yaml")));
      return;
    }
    var process =
        new ProcessBuilder("kubectl", "kustomize", overlay.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String built = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), overlay.toString());
    var rendering = new Rendering(Manifests.parse(built), Map.of());
    assertTrue(rendering.workloads().size() >= 5, overlay.toString());
    for (Workload workload : rendering.workloads()) {
      PodSecurityTest.assertRestricted(workload);
      assertTrue(
          rendering.all(NetworkPolicy.class).stream()
              .anyMatch(it -> workload.matches(it.getSpec().getPodSelector().getMatchLabels())),
          workload.name());
    }
    boolean scales = overlay.endsWith("production");
    assertEquals(scales ? 5 : 0, rendering.all(HorizontalPodAutoscaler.class).size());
    rendering.all(Deployment.class).stream()
        .filter(it -> it.getMetadata().getName().startsWith("flotilla-"))
        .forEach(it -> assertEquals(scales, it.getSpec().getReplicas() == null));
    boolean pretends =
        rendering
            .one(ConfigMap.class, "flotilla-environment")
            .getData()
            .get("FLOTILLA_PROVIDERS_ENABLED")
            .startsWith("sim-");
    assertEquals(!scales, pretends, overlay.toString());
  }

  private static JsonNode kustomizationOf(Path folder) {
    return Manifests.trees(Project.read(folder.resolve("kustomization.yaml"))).getFirst();
  }

  private static String identity(JsonNode thing) {
    return thing.path("kind").asText() + "/" + thing.at("/metadata/name").asText();
  }
}
