package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pod of every way to deploy: Pod Security "restricted", and what we ask beyond it. */
class PodSecurityTest {
  private static final Path MINIMAL = Project.CHART.resolve("ci/minimal-values.yaml");

  private static final Path DEDICATED = Project.CHART.resolve("ci/dedicated-values.yaml");

  static List<Path> waysToDeploy() {
    return Project.waysToDeploy();
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void pods_are_restricted(Path values) {
    Rendering.of(values).workloads().forEach(PodSecurityTest::assertRestricted);
  }

  static void assertRestricted(Workload workload) {
    var pod = workload.pod();
    var all = pod.getSecurityContext();
    assertEquals(true, all.getRunAsNonRoot(), workload.name());
    assertTrue(all.getRunAsUser() >= 10_000, workload.name());
    assertTrue(all.getRunAsGroup() >= 10_000, workload.name());
    assertEquals("RuntimeDefault", all.getSeccompProfile().getType(), workload.name());
    assertEquals(false, pod.getAutomountServiceAccountToken(), workload.name());
    assertTrue(
        pod.getHostNetwork() == null && pod.getHostPID() == null && pod.getHostIPC() == null);
    assertTrue(pod.getVolumes().stream().allMatch(PodSecurityTest::allowed), workload.name());
    for (Container container : pod.getContainers()) {
      var own = container.getSecurityContext();
      assertEquals(false, own.getAllowPrivilegeEscalation(), workload.name());
      assertEquals(true, own.getReadOnlyRootFilesystem(), workload.name());
      assertEquals(List.of("ALL"), own.getCapabilities().getDrop(), workload.name());
      assertTrue(own.getCapabilities().getAdd().isEmpty(), workload.name());
      assertTrue(container.getPorts().stream().allMatch(port -> port.getHostPort() == null));
      boolean verifies = workload.name().endsWith("-verifier");
      assertEquals(
          verifies ? "Unmasked" : null, own.getProcMount(), "only its commands need a /proc");
      assertEquals(verifies ? false : null, pod.getHostUsers(), workload.name());
      assertEquals(verifies, own.getSeccompProfile() != null, workload.name());
    }
  }

  private static boolean allowed(Volume volume) {
    return volume.getHostPath() == null
        && (volume.getProjected() != null
            || volume.getEmptyDir() != null
            || volume.getSecret() != null
            || volume.getConfigMap() != null
            || volume.getPersistentVolumeClaim() != null);
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void pods_say_what_they_need(Path values) {
    for (Workload workload : Rendering.of(values).workloads()) {
      var resources = workload.container().getResources();
      for (String kind : List.of("cpu", "memory", "ephemeral-storage")) {
        assertNotNull(resources.getRequests().get(kind), workload + " " + kind);
      }
      for (String kind : List.of("memory", "ephemeral-storage")) {
        assertTrue(
            bytes(resources.getLimits(), kind).compareTo(bytes(resources.getRequests(), kind)) >= 0,
            workload + " " + kind);
      }
      String image = workload.container().getImage();
      assertTrue(image.contains("@sha256:") || image.matches(".*:[0-9].*"), image);
    }
  }

  private static java.math.BigDecimal bytes(Map<String, Quantity> of, String kind) {
    return Objects.requireNonNull(of.get(kind), kind).getNumericalAmount();
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void the_three_probes_ask_three_things_on_the_management_port(Path values) {
    for (Workload workload : services(values)) {
      var container = workload.container();
      var asked =
          Stream.of(
                  container.getStartupProbe(),
                  container.getLivenessProbe(),
                  container.getReadinessProbe())
              .map(
                  probe -> {
                    assertEquals("ops", probe.getHttpGet().getPort().getStrVal());
                    return probe.getHttpGet().getPath();
                  })
              .toList();
      assertEquals(List.of("/health/started", "/health/live", "/health/ready"), asked);
    }
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void a_pod_that_leaves_has_time_to(Path values) {
    for (Workload workload : services(values)) {
      long asleep = workload.container().getLifecycle().getPreStop().getSleep().getSeconds();
      // docs/reference/deploy.md has the sums.
      long leaving =
          switch (workload.container().getName()) {
            case "router", "runner" -> 20 + 3 + 15 + 2 * 12;
            case "provider" -> 20 + 10;
            default -> 10;
          };
      assertTrue(asleep >= 5, workload.name());
      assertTrue(
          workload.pod().getTerminationGracePeriodSeconds() >= asleep + leaving, workload.name());
    }
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void pods_are_spread_over_zones_and_nodes(Path values) {
    for (Workload workload : services(values)) {
      var keys =
          workload.pod().getTopologySpreadConstraints().stream()
              .map(it -> it.getTopologyKey())
              .collect(Collectors.toSet());
      assertEquals(Set.of("topology.kubernetes.io/zone", "kubernetes.io/hostname"), keys);
    }
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void two_of_a_kind_are_rather_not_on_one_node(Path values) {
    for (Workload workload : services(values)) {
      var apart =
          workload
              .pod()
              .getAffinity()
              .getPodAntiAffinity()
              .getPreferredDuringSchedulingIgnoredDuringExecution()
              .getFirst()
              .getPodAffinityTerm();
      assertEquals("kubernetes.io/hostname", apart.getTopologyKey());
      assertTrue(workload.matches(apart.getLabelSelector().getMatchLabels()), workload.name());
    }
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void every_service_has_a_disruption_budget_unless_switched_off(Path values) {
    var rendering = Rendering.of(values);
    for (Workload workload : services(values)) {
      long budgets =
          rendering.all(PodDisruptionBudget.class).stream()
              .filter(it -> workload.matches(it.getSpec().getSelector().getMatchLabels()))
              .count();
      assertEquals(values.endsWith("small-values.yaml") ? 0 : 1, budgets, workload.name());
    }
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void every_pod_is_behind_the_default_deny_and_a_policy_of_its_own(Path values) {
    var rendering = Rendering.of(values);
    for (Workload workload : rendering.workloads()) {
      var policies =
          rendering.all(NetworkPolicy.class).stream()
              .filter(it -> workload.matches(it.getSpec().getPodSelector().getMatchLabels()))
              .toList();
      assertEquals(2, policies.size(), workload.name());
      for (NetworkPolicy policy : policies) {
        assertEquals(List.of("Ingress", "Egress"), policy.getSpec().getPolicyTypes());
      }
    }
  }

  /**
   * Who calls whom, as the services do: both ends of each call must allow it. Who may look at
   * health and metrics is {@link AnswersTest}'s.
   */
  @Test
  void the_doors_between_services_are_those_that_are_used() {
    var expected =
        new TreeSet<>(
            List.of(
                "cost <- provider",
                "cost <- router",
                "cost <- runner",
                "provider <- review",
                "provider <- router",
                "provider <- runner",
                "review <- router",
                "review <- runner",
                "router <- test",
                "runner <- review"));
    var in = new TreeSet<String>();
    var out = new TreeSet<String>();
    for (NetworkPolicy policy : Rendering.of(MINIMAL).all(NetworkPolicy.class)) {
      String part = component(policy.getSpec().getPodSelector().getMatchLabels());
      for (var rule : serving(policy.getSpec().getIngress(), NetworkPolicyIngressRule::getPorts)) {
        rule.getFrom().stream()
            .filter(peer -> peer.getPodSelector() != null)
            .forEach(
                peer -> in.add(part + " <- " + component(peer.getPodSelector().getMatchLabels())));
      }
      for (var rule : serving(policy.getSpec().getEgress(), NetworkPolicyEgressRule::getPorts)) {
        rule.getTo().stream()
            .filter(peer -> peer.getPodSelector() != null)
            .forEach(
                peer -> out.add(component(peer.getPodSelector().getMatchLabels()) + " <- " + part));
      }
    }
    assertEquals(expected, in);
    assertEquals(expected, out);
  }

  @Test
  void what_verifies_is_reached_by_review_alone_and_reaches_nothing() {
    var policy = Rendering.of(DEDICATED).one(NetworkPolicy.class, "flotilla-verifier").getSpec();
    var callers =
        serving(policy.getIngress(), NetworkPolicyIngressRule::getPorts).stream()
            .flatMap(rule -> rule.getFrom().stream())
            .filter(peer -> peer.getPodSelector() != null)
            .map(peer -> component(peer.getPodSelector().getMatchLabels()))
            .toList();
    assertEquals(List.of("review"), callers);
    assertEquals(1, policy.getEgress().size(), "names, and nothing else");
    assertEquals(53, policy.getEgress().getFirst().getPorts().getFirst().getPort().getIntVal());
  }

  /**
   * The names are the kernel's; what only a sandbox needs is in it, and what nobody needs is not.
   */
  @Test
  void the_profile_for_commands_admits_namespaces_and_not_the_kernel_itself() throws Exception {
    var profile =
        new ObjectMapper()
            .readTree(Project.read(Project.CHART.resolve("files/seccomp-verifier.json")));
    assertEquals("SCMP_ACT_ERRNO", profile.path("defaultAction").asText());
    var admitted = new TreeSet<String>();
    for (var rule : profile.path("syscalls")) {
      if (rule.path("action").asText().equals("SCMP_ACT_ALLOW")) {
        rule.path("names").forEach(name -> admitted.add(name.asText()));
      }
    }
    assertTrue(admitted.containsAll(List.of("clone", "unshare", "mount", "umount2", "pivot_root")));
    for (var forbidden :
        List.of(
            "bpf",
            "init_module",
            "kexec_load",
            "keyctl",
            "ptrace",
            "perf_event_open",
            "setns",
            "userfaultfd",
            "io_uring_setup",
            "open_by_handle_at",
            "reboot")) {
      assertTrue(!admitted.contains(forbidden), forbidden);
    }
  }

  @Test
  void cost_service_reaches_nothing_outside() {
    var policy = Rendering.of(MINIMAL).one(NetworkPolicy.class, "flotilla-cost");
    assertTrue(
        policy.getSpec().getEgress().stream()
            .flatMap(rule -> rule.getTo().stream())
            .allMatch(peer -> peer.getIpBlock() == null));
    assertNotEquals(
        0,
        Rendering.of(MINIMAL)
            .one(NetworkPolicy.class, "flotilla-provider")
            .getSpec()
            .getEgress()
            .stream()
            .flatMap(rule -> rule.getTo().stream())
            .filter(peer -> peer.getIpBlock() != null)
            .count());
  }

  private static <R> List<R> serving(List<R> rules, Function<R, List<NetworkPolicyPort>> ports) {
    return rules.stream()
        .filter(rule -> ports.apply(rule).getFirst().getPort().getIntVal() == 8080)
        .toList();
  }

  private static String component(Map<String, String> labels) {
    return String.valueOf(labels.get("app.kubernetes.io/component"));
  }

  private static List<Workload> services(Path values) {
    return Rendering.of(values).workloads().stream().filter(Workload::serves).toList();
  }
}
