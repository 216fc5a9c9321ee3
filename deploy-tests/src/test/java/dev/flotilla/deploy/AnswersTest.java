package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pod of {@code helm test}: it asks every part, at addresses that exist, and nobody else may.
 */
class AnswersTest {
  private static final Path MINIMAL = Project.CHART.resolve("ci/minimal-values.yaml");
  private static final Path FULL = Project.CHART.resolve("ci/full-values.yaml");
  private static final Path DEDICATED = Project.CHART.resolve("ci/dedicated-values.yaml");

  static List<Path> waysToDeploy() {
    return Project.waysToDeploy();
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void every_part_is_asked_whether_it_is_ready_at_an_address_that_leads_to_it(Path values) {
    var rendering = Rendering.of(values);
    var asked = new TreeMap<String, String>();
    for (String each : variable(rendering, "READY").split(" ")) {
      asked.put(each.split("=")[0], each.split("=")[1]);
    }
    var parts = new TreeSet<String>();
    for (Workload workload : rendering.workloads()) {
      if (workload.serves()) {
        String part = component(workload.labels());
        parts.add(part);
        assertEquals("http://flotilla-" + part + "-ops:9090", asked.get(part));
        var service = rendering.one(Service.class, "flotilla-" + part + "-ops").getSpec();
        assertEquals(part, component(service.getSelector()));
        assertEquals(
            true, service.getPublishNotReadyAddresses(), "one that is not ready says what it is");
        assertEquals(9090, service.getPorts().getFirst().getPort());
        assertEquals("ops", service.getPorts().getFirst().getTargetPort().getStrVal());
      }
    }
    assertEquals(parts, asked.keySet());
    assertTrue(parts.size() >= 4, parts.toString());
    URI router = URI.create(variable(rendering, "ROUTER"));
    assertEquals("flotilla-router", router.getHost());
  }

  @Test
  void verifiers_and_providers_of_their_own_are_asked_too() {
    var asked = variable(Rendering.of(DEDICATED), "READY");
    for (String part : List.of("provider", "provider-openai", "provider-anthropic", "verifier")) {
      assertTrue(asked.contains(" " + part + "=http://flotilla-" + part + "-ops:9090"), asked);
    }
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void what_callers_reach_has_no_way_to_health_and_metrics(Path values) {
    for (Service service : Rendering.of(values).all(Service.class)) {
      boolean ops = service.getMetadata().getName().endsWith("-ops");
      var ports = service.getSpec().getPorts().stream().map(port -> port.getName()).toList();
      assertEquals(ops ? List.of("ops") : List.of("http"), ports, service.getMetadata().getName());
      assertEquals("ClusterIP", service.getSpec().getType());
    }
  }

  /** Both ends of each question are open, and to health and metrics no other pod gets in. */
  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void it_gets_in_where_it_asks_and_no_other_pod_does(Path values) {
    var rendering = Rendering.of(values);
    var may = new TreeSet<String>();
    var lets = new TreeSet<String>();
    for (NetworkPolicy policy : rendering.all(NetworkPolicy.class)) {
      String part = component(policy.getSpec().getPodSelector().getMatchLabels());
      for (var rule : policy.getSpec().getIngress()) {
        for (var caller : pods(rule.getFrom())) {
          if (port(rule.getPorts()) == 9090 || caller.equals("test")) {
            lets.add(caller + " -> " + part + ":" + port(rule.getPorts()));
          }
        }
      }
      if ("test".equals(part)) {
        assertTrue(policy.getSpec().getIngress().isEmpty(), "nobody asks it");
        for (var rule : policy.getSpec().getEgress()) {
          if (port(rule.getPorts()) != 53) {
            assertEquals(rule.getTo().size(), pods(rule.getTo()).size(), "pods of ours only");
            pods(rule.getTo())
                .forEach(asked -> may.add("test -> " + asked + ":" + port(rule.getPorts())));
          }
        }
      }
    }
    var expected = new TreeSet<>(List.of("test -> router:8080"));
    rendering.workloads().stream()
        .filter(Workload::serves)
        .forEach(it -> expected.add("test -> " + component(it.labels()) + ":9090"));
    assertEquals(expected, may);
    assertEquals(expected, lets);
  }

  @Test
  void those_who_watch_are_let_in_beside_it() {
    var rule = opsRule(Rendering.of(FULL));
    assertEquals(2, rule.size());
    assertEquals(
        Map.of("kubernetes.io/metadata.name", "monitoring"),
        rule.getFirst().getNamespaceSelector().getMatchLabels());
  }

  @Test
  void without_it_there_is_no_way_in_for_it() {
    var rendering = Rendering.of(FULL, Map.of("tests.enabled", false));
    assertTrue(rendering.all(Pod.class).isEmpty());
    assertEquals(1, opsRule(rendering).size());
    assertFalse(
        rendering.bySource().values().stream().anyMatch(text -> text.contains("component: test")));
  }

  /** {@code AnswersIT} and {@code ./fleet images --chart} run that file. */
  @Test
  void it_runs_the_file_that_is_tried_elsewhere() {
    var container = test(Rendering.of(FULL)).getSpec().getContainers().getFirst();
    assertEquals(List.of("sh", "-c"), container.getCommand());
    assertEquals(
        Project.read(Project.CHART.resolve("files/answers.sh")).strip(),
        container.getArgs().getFirst().strip());
    var told =
        container.getEnv().stream()
            .map(it -> it.getName())
            .collect(java.util.stream.Collectors.toSet());
    assertEquals(java.util.Set.of("ROUTER", "READY", "PATIENCE", "API_KEY"), told);
    assertEquals(
        List.of("/tmp"),
        container.getVolumeMounts().stream().map(it -> it.getMountPath()).toList());
    assertTrue(
        test(Rendering.of(MINIMAL)).getSpec().getContainers().getFirst().getEnv().stream()
            .noneMatch(it -> it.getName().equals("API_KEY")));
  }

  @Test
  void its_log_can_be_read_after_it_succeeded() {
    var annotations = test(Rendering.of(FULL)).getMetadata().getAnnotations();
    assertEquals("test", annotations.get(Rendering.HOOK));
    assertEquals("before-hook-creation", annotations.get("helm.sh/hook-delete-policy"));
    assertEquals(
        "registry", test(Rendering.of(FULL)).getSpec().getImagePullSecrets().getFirst().getName());
  }

  private static List<NetworkPolicyPeer> opsRule(Rendering rendering) {
    return rendering.one(NetworkPolicy.class, "flotilla-cost").getSpec().getIngress().stream()
        .filter(rule -> port(rule.getPorts()) == 9090)
        .findFirst()
        .orElseThrow()
        .getFrom();
  }

  private static Pod test(Rendering rendering) {
    return rendering.one(Pod.class, "flotilla-test");
  }

  private static String variable(Rendering rendering, String name) {
    return test(rendering).getSpec().getContainers().getFirst().getEnv().stream()
        .filter(it -> it.getName().equals(name))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  private static int port(List<NetworkPolicyPort> ports) {
    return ports.getFirst().getPort().getIntVal();
  }

  private static List<String> pods(List<NetworkPolicyPeer> peers) {
    return peers.stream()
        .flatMap(peer -> Stream.ofNullable(peer.getPodSelector()))
        .map(LabelSelector::getMatchLabels)
        .map(AnswersTest::component)
        .toList();
  }

  private static String component(Map<String, String> labels) {
    return String.valueOf(labels.get("app.kubernetes.io/component"));
  }
}
