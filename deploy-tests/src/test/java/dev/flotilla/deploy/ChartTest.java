package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart makes of each way people deploy. */
class ChartTest {
  private static final Path MINIMAL = Project.CHART.resolve("ci/minimal-values.yaml");
  private static final Path FULL = Project.CHART.resolve("ci/full-values.yaml");

  private static final Path DEDICATED = Project.CHART.resolve("ci/dedicated-values.yaml");

  static List<Path> waysToDeploy() {
    return Project.waysToDeploy();
  }

  @Test
  void the_strict_lint_finds_nothing() {
    var lint = new Helm(Project.CHART).lint().strict().call();
    assertFalse(lint.isFailed(), () -> String.join("\n", lint.getMessages()));
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void every_manifest_is_of_its_type_and_named_once(Path values) {
    var manifests = Rendering.of(values).manifests();
    Set<String> names =
        manifests.stream()
            .map(it -> it.getKind() + "/" + it.getMetadata().getName())
            .collect(Collectors.toSet());
    assertEquals(manifests.size(), names.size());
    assertTrue(manifests.size() >= 20, names.toString());
  }

  @Test
  void a_field_that_a_type_has_not_is_noticed() {
    var wrong =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: router}
        spec: {template: {spec: {containers: [{name: a, readinesProbe: {}}]}}}
        """;
    var told = assertThrows(IllegalArgumentException.class, () -> Manifests.parse(wrong));
    assertTrue(String.valueOf(told.getMessage()).contains("readinesProbe"), told.getMessage());
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void everything_has_the_six_labels_and_selectors_only_what_never_changes(Path values) {
    for (HasMetadata thing : Rendering.of(values).manifests()) {
      var labels = thing.getMetadata().getLabels().keySet();
      for (String label :
          List.of("name", "instance", "version", "component", "part-of", "managed-by")) {
        assertTrue(labels.contains("app.kubernetes.io/" + label), thing.getMetadata().getName());
      }
      assertEquals("llm", thing.getMetadata().getNamespace(), thing.getMetadata().getName());
    }
    for (Service service : Rendering.of(values).all(Service.class)) {
      assertEquals(
          Set.of(
              "app.kubernetes.io/name",
              "app.kubernetes.io/instance",
              "app.kubernetes.io/component"),
          service.getSpec().getSelector().keySet());
    }
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void every_service_finds_pods_and_they_have_its_port(Path values) {
    var rendering = Rendering.of(values);
    for (Service service : rendering.all(Service.class)) {
      Workload behind =
          rendering.workloads().stream()
              .filter(it -> it.serves() && it.matches(service.getSpec().getSelector()))
              .findFirst()
              .orElseThrow(() -> new AssertionError(service.getMetadata().getName()));
      Set<String> ports =
          behind.container().getPorts().stream()
              .map(port -> port.getName())
              .collect(Collectors.toSet());
      service
          .getSpec()
          .getPorts()
          .forEach(port -> assertTrue(ports.contains(port.getTargetPort().getStrVal())));
    }
  }

  /** A name nobody reads would be a setting that does nothing. */
  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void every_variable_is_one_the_services_read(Path values) throws IOException {
    Set<String> read = keysTheServicesRead();
    var rendering = Rendering.of(values);
    var written = new TreeSet<String>();
    written.addAll(rendering.one(ConfigMap.class, "flotilla-environment").getData().keySet());
    rendering.workloads().stream()
        .filter(Workload::serves)
        .flatMap(it -> it.container().getEnv().stream())
        .forEach(variable -> written.add(variable.getName()));
    written.remove("JAVA_TOOL_OPTIONS");
    for (String variable : written) {
      assertTrue(read.contains(variable), variable + " is read by nobody");
    }
  }

  private static Set<String> keysTheServicesRead() throws IOException {
    var variables = new TreeSet<String>();
    for (Path file : sources("microprofile-config.properties")) {
      var properties = new Properties();
      try (var text = Files.newBufferedReader(file)) {
        properties.load(text);
      }
      properties.stringPropertyNames().forEach(key -> variables.add(variableOf(key)));
    }
    var key = java.util.regex.Pattern.compile("\"((?:flotilla|mp\\.jwt)\\.[a-z0-9.-]+)\"");
    for (Path file : sources(".java")) {
      key.matcher(Project.read(file))
          .results()
          .forEach(it -> variables.add(variableOf(it.group(1))));
    }
    for (Path file : Project.filesIn(Project.TREE.resolve("config/catalog"), ".yaml")) {
      for (String word : Project.read(file).split("[^A-Z_0-9]+")) {
        variables.add(word);
      }
    }
    // ci/small-values.yaml brings a provider of its own.
    variables.add("VLLM_BASE_URL");
    return variables;
  }

  private static List<Path> sources(String ending) {
    return Stream.of(
            "router-service", "provider-service", "cost-service", "review-service", "service-kit")
        .map(module -> Project.TREE.resolve(module).resolve("src/main"))
        .flatMap(folder -> Project.filesIn(folder, ending).stream())
        .toList();
  }

  private static String variableOf(String key) {
    return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(java.util.Locale.ROOT);
  }

  /** Kubernetes' variables for services begin like ours: FLOTILLA_PROVIDER_PORT. */
  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void no_pod_gets_variables_that_look_like_settings(Path values) {
    Rendering.of(values)
        .workloads()
        .forEach(it -> assertEquals(false, it.pod().getEnableServiceLinks(), it.name()));
  }

  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void what_looks_like_a_secret_is_only_referred_to(Path values) {
    for (Workload workload : Rendering.of(values).workloads()) {
      for (var variable : workload.container().getEnv()) {
        if (variable.getName().matches(".*(TOKEN|SECRET|PASSWORD|API_KEY).*")) {
          assertTrue(
              variable.getValue() == null && variable.getValueFrom().getSecretKeyRef() != null,
              workload + " " + variable.getName());
        }
      }
    }
  }

  @Test
  void only_provider_service_gets_the_keys_of_providers() {
    for (Workload workload : Rendering.of(FULL).workloads()) {
      assertEquals(
          workload.name().equals("StatefulSet/flotilla-provider"),
          workload.variable("ANTHROPIC_API_KEY").isPresent(),
          workload.name());
    }
  }

  @Test
  void a_provider_of_its_own_has_its_key_to_itself_and_is_called_there() {
    var rendering = Rendering.of(DEDICATED);
    var keys =
        Map.of(
            "openai",
            "OPENAI_API_KEY",
            "anthropic",
            "ANTHROPIC_API_KEY",
            "gemini",
            "GEMINI_API_KEY");
    var holders =
        Map.of(
            "openai", "provider-openai", "anthropic", "provider-anthropic", "gemini", "provider");
    for (var provider : keys.keySet()) {
      var holding =
          rendering.workloads().stream()
              .filter(it -> it.variable(Objects.requireNonNull(keys.get(provider))).isPresent())
              .toList();
      assertEquals(1, holding.size(), provider);
      assertEquals("StatefulSet/flotilla-" + holders.get(provider), holding.getFirst().name());
      assertEquals(
          provider,
          holding.getFirst().variable("FLOTILLA_PROVIDERS_ENABLED").orElseThrow().getValue());
    }
    var told = rendering.one(ConfigMap.class, "flotilla-environment").getData();
    assertEquals("http://flotilla-provider", told.get("FLOTILLA_PROVIDER_URL"));
    assertEquals(
        "anthropic=http://flotilla-provider-anthropic,openai=http://flotilla-provider-openai",
        told.get("FLOTILLA_PROVIDER_URLS"));
    assertEquals(
        3, rendering.one(StatefulSet.class, "flotilla-provider-openai").getSpec().getReplicas());
    assertEquals(
        2, rendering.one(StatefulSet.class, "flotilla-provider-anthropic").getSpec().getReplicas());
    assertEquals(
        "http://flotilla-provider-pods:8080,http://flotilla-provider-anthropic-pods:8080,http://flotilla-provider-openai-pods:8080",
        told.get("FLOTILLA_PROVIDER_REPLICAS"));
    for (String name : List.of("flotilla-provider-openai", "flotilla-provider-openai-pods")) {
      assertEquals(
          "provider-openai",
          rendering
              .one(Service.class, name)
              .getSpec()
              .getSelector()
              .get("app.kubernetes.io/component"));
    }
  }

  @Test
  void when_each_provider_has_its_own_there_is_none_for_all() {
    var rendering = Rendering.of(DEDICATED, Map.of("providers.gemini.dedicated", true));
    assertTrue(
        rendering.all(StatefulSet.class).stream()
            .noneMatch(it -> it.getMetadata().getName().equals("flotilla-provider")));
    var told = rendering.one(ConfigMap.class, "flotilla-environment").getData();
    assertFalse(told.containsKey("FLOTILLA_PROVIDER_URL"), told.toString());
    assertEquals(3, rendering.all(StatefulSet.class).size());
  }

  @Test
  void commands_are_run_by_the_verifier_and_by_nobody_else() {
    var rendering = Rendering.of(DEDICATED);
    for (Workload workload : rendering.workloads()) {
      assertEquals(
          workload.name().equals("Deployment/flotilla-verifier"),
          workload.variable("FLOTILLA_REVIEW_ROLE").isPresent(),
          workload.name());
      assertEquals(
          workload.name().equals("Deployment/flotilla-review"),
          workload.variable("FLOTILLA_REVIEW_VERIFIER_URL").isPresent(),
          workload.name());
    }
    var verifier = rendering.one(Deployment.class, "flotilla-verifier").getSpec().getTemplate();
    assertEquals(
        Map.of("flotilla.example.com/verifies", "yes"), verifier.getSpec().getNodeSelector());
    assertTrue(
        verifier.getSpec().getContainers().getFirst().getImage().contains("/verifier:"),
        "an image with the programs");
  }

  @Test
  void configuration_is_mounted_as_the_folder_the_services_read() throws IOException {
    var rendering = Rendering.of(MINIMAL);
    var projected =
        rendering
            .one(Deployment.class, "flotilla-router")
            .getSpec()
            .getTemplate()
            .getSpec()
            .getVolumes()
            .stream()
            .filter(volume -> volume.getName().equals("config"))
            .findFirst()
            .orElseThrow()
            .getProjected();
    var mounted = new TreeSet<String>();
    for (var source : projected.getSources()) {
      var map = rendering.one(ConfigMap.class, source.getConfigMap().getName());
      for (var item : source.getConfigMap().getItems()) {
        mounted.add(item.getPath());
        assertEquals(
            Project.read(Project.TREE.resolve("config").resolve(item.getPath())).stripTrailing(),
            Objects.requireNonNull(map.getData().get(item.getKey())).stripTrailing(),
            item.getPath());
      }
    }
    Path config = Project.TREE.resolve("config");
    try (var files = Files.walk(config)) {
      assertEquals(
          files
              .filter(Files::isRegularFile)
              .map(file -> config.relativize(file).toString())
              .collect(Collectors.toCollection(TreeSet::new)),
          mounted);
    }
  }

  @Test
  void own_files_stand_beside_and_instead_of_those_of_the_chart() {
    var rendering = Rendering.of(Project.CHART.resolve("ci/small-values.yaml"));
    var catalog = rendering.one(ConfigMap.class, "flotilla-catalog").getData();
    assertTrue(catalog.containsKey("vllm.yaml") && catalog.containsKey("openai.yaml"));
    assertTrue(catalog.get("aliases.yaml").contains("vllm/small"));
    assertFalse(
        rendering
            .one(ConfigMap.class, "flotilla-pipelines")
            .getData()
            .containsKey("plan-implement-review.yaml"));
  }

  @Test
  void changed_configuration_makes_new_pods_and_other_changes_do_not() {
    var before = checksum(Map.of());
    assertEquals(before, checksum(Map.of("cost.replicaCount", 3)));
    assertFalse(before.equals(checksum(Map.of("postgres.user", "another"))));
  }

  private static String checksum(Map<String, Object> more) {
    return Rendering.of(MINIMAL, more)
        .one(Deployment.class, "flotilla-cost")
        .getSpec()
        .getTemplate()
        .getMetadata()
        .getAnnotations()
        .get("checksum/config");
  }

  @Test
  void the_router_answers_and_the_runner_runs_unless_there_is_none() {
    assertEquals("chat", roles(Rendering.of(MINIMAL), "flotilla-router"));
    assertEquals("runner", roles(Rendering.of(MINIMAL), "flotilla-runner"));
    var alone = Rendering.of(MINIMAL, Map.of("runner.enabled", false));
    assertEquals("chat,runner", roles(alone, "flotilla-router"));
    assertTrue(
        alone
            .one(ConfigMap.class, "flotilla-environment")
            .getData()
            .get("FLOTILLA_PEOPLE_CALLBACK_URL")
            .startsWith("http://flotilla-router/"));
  }

  private static String roles(Rendering rendering, String name) {
    return rendering.workloads().stream()
        .filter(it -> it.name().equals("Deployment/" + name))
        .findFirst()
        .flatMap(it -> it.variable("FLOTILLA_ROUTER_ROLES"))
        .orElseThrow()
        .getValue();
  }

  /**
   * A pod of a StatefulSet is called by the Service that the set names, which has to be headless.
   */
  @ParameterizedTest
  @MethodSource("waysToDeploy")
  void each_pod_of_a_set_has_a_name_of_its_own(Path values) {
    var rendering = Rendering.of(values);
    for (StatefulSet set : rendering.all(StatefulSet.class)) {
      var service = rendering.one(Service.class, set.getSpec().getServiceName()).getSpec();
      assertEquals("None", service.getClusterIP());
      assertEquals(set.getSpec().getSelector().getMatchLabels(), service.getSelector());
    }
  }

  /** Pods of a set have a label with its name, a dash and ten characters more. */
  @Test
  void long_names_are_cut_to_what_kubernetes_takes() {
    var rendering =
        Rendering.of(
            MINIMAL, Map.of("fullnameOverride", "a-name-somebody-took-care-of-" + "x".repeat(40)));
    for (HasMetadata thing : rendering.manifests()) {
      int most = thing instanceof StatefulSet ? 52 : thing instanceof Service ? 63 : 253;
      assertTrue(thing.getMetadata().getName().length() <= most, thing.getMetadata().getName());
    }
  }

  @Test
  void the_router_finds_each_pod_that_calls_providers() {
    var rendering = Rendering.of(MINIMAL);
    var pods = rendering.one(Service.class, "flotilla-provider-pods").getSpec();
    assertEquals("None", pods.getClusterIP());
    assertTrue(pods.getPublishNotReadyAddresses(), "one that is not ready knows its circuits, too");
    assertEquals(
        "http://flotilla-provider-pods:" + pods.getPorts().getFirst().getPort(),
        rendering
            .one(ConfigMap.class, "flotilla-environment")
            .getData()
            .get("FLOTILLA_PROVIDER_REPLICAS"));
  }

  @Test
  void what_was_spent_is_on_a_volume_that_outlives_the_pod() {
    var set = Rendering.of(MINIMAL).one(StatefulSet.class, "flotilla-provider").getSpec();
    assertEquals("Retain", set.getPersistentVolumeClaimRetentionPolicy().getWhenDeleted());
    assertEquals(
        "1Gi",
        set.getVolumeClaimTemplates()
            .getFirst()
            .getSpec()
            .getResources()
            .getRequests()
            .get("storage")
            .toString());
    assertTrue(
        set.getTemplate().getSpec().getContainers().getFirst().getVolumeMounts().stream()
            .anyMatch(
                mount ->
                    mount.getName().equals("spool")
                        && mount.getMountPath().equals("/var/lib/flotilla/spool")));
  }

  @Test
  void an_autoscaler_alone_says_how_many_pods_there_are() {
    var rendering = Rendering.of(FULL);
    for (Deployment deployment : rendering.all(Deployment.class)) {
      assertEquals(null, deployment.getSpec().getReplicas(), deployment.getMetadata().getName());
    }
    assertEquals(5, rendering.all(HorizontalPodAutoscaler.class).size());
    var ofProvider = rendering.one(HorizontalPodAutoscaler.class, "flotilla-provider").getSpec();
    assertEquals("StatefulSet", ofProvider.getScaleTargetRef().getKind());
  }

  @Test
  void from_outside_only_v1_of_the_router_is_reached() {
    var rule = Rendering.of(FULL).one(HTTPRoute.class, "flotilla-router").getSpec().getRules();
    assertEquals(1, rule.size());
    assertEquals("/v1", rule.getFirst().getMatches().getFirst().getPath().getValue());
    assertEquals("flotilla-router", rule.getFirst().getBackendRefs().getFirst().getName());
    var ingress =
        Rendering.of(Project.CHART.resolve("ci/ingress-values.yaml"))
            .one(Ingress.class, "flotilla-router");
    var paths = ingress.getSpec().getRules().getFirst().getHttp().getPaths();
    assertEquals("/v1", paths.getFirst().getPath());
    assertEquals("flotilla-router", paths.getFirst().getBackend().getService().getName());
    assertTrue(Rendering.of(MINIMAL).all(Ingress.class).isEmpty());
    assertTrue(Rendering.of(MINIMAL).all(HTTPRoute.class).isEmpty());
  }

  @Test
  void alerts_come_whole_with_their_runbooks_and_can_be_left_out() {
    var rules = Rendering.of(FULL).one(PrometheusRule.class, "flotilla").getSpec().getGroups();
    var high =
        rules.stream()
            .flatMap(group -> group.getRules().stream())
            .filter(rule -> "FallbackRateHigh".equals(rule.getAlert()))
            .findFirst()
            .orElseThrow();
    assertEquals(
        "https://runbooks.example.com/fallback-rate.md", high.getAnnotations().get("runbook_url"));
    assertEquals(
        "https://grafana.example.com/d/flotilla-fleet", high.getAnnotations().get("dashboard_url"));
    assertEquals(
        "https://llm.example.com/console/providers", high.getAnnotations().get("console_url"));
    assertTrue(high.getAnnotations().get("summary").contains("{{ $value"));
    var without =
        Rendering.of(FULL, Map.of("metrics.prometheusRule.disabled[0]", "FallbackRateHigh"));
    assertFalse(
        without.one(PrometheusRule.class, "flotilla").getSpec().getGroups().stream()
            .flatMap(group -> group.getRules().stream())
            .anyMatch(rule -> "FallbackRateHigh".equals(rule.getAlert())));
  }

  /**
   * Which kinds a cluster has is known by Helm there alone: here one is pretended that has none.
   */
  @Test
  void a_kind_that_the_cluster_lacks_is_named_before_anything_is_installed() {
    Path chart =
        Rendering.changed(
            "chart-in-a-cluster",
            "templates/validations.yaml",
            "if .Capabilities.APIVersions.Has \"v1/Pod\"",
            "if true");
    var told =
        assertThrows(
            IllegalStateException.class,
            () -> new Helm(chart).template().withKubeVersion("1.33.0").withValuesFile(FULL).call());
    assertTrue(
        String.valueOf(told.getMessage())
            .contains(
                "gatewayApi.enabled is true, but this cluster has no"
                    + " gateway.networking.k8s.io/v1/HTTPRoute; install the Gateway API, or use"
                    + " ingress"),
        told.getMessage());
    assertFalse(
        new Helm(chart)
            .template()
            .withKubeVersion("1.33.0")
            .withValuesFile(MINIMAL)
            .call()
            .isEmpty());
  }

  @Test
  void common_labels_and_annotations_are_on_everything() {
    for (HasMetadata thing : Rendering.of(FULL).manifests()) {
      String name = thing.getKind() + "/" + thing.getMetadata().getName();
      assertEquals("platform", thing.getMetadata().getLabels().get("team"), name);
      assertEquals("platform", thing.getMetadata().getAnnotations().get("example.com/owner"), name);
      assertEquals("flotilla-0.1.0", thing.getMetadata().getLabels().get("helm.sh/chart"), name);
    }
  }

  @Test
  void the_notes_say_how_to_ask_and_what_to_mind(@TempDir Path nowhere) {
    var release =
        new Helm(Project.CHART)
            .install()
            .withName("flotilla")
            .withNamespace("llm")
            .clientOnly()
            .dryRun()
            .withKubeVersion("1.33.0")
            .withValuesFile(MINIMAL)
            .call();
    String said = release.getOutput();
    assertTrue(said.contains("/v1/chat/completions"), said);
    assertTrue(said.contains("helm test flotilla -n llm --logs"), said);
    assertTrue(said.contains("http://localhost:8080/console"), said);
    assertTrue(said.contains("demo.enabled: answers are invented"), said);
    assertTrue(said.contains("networkPolicy.allowFrom is empty"), said);
  }
}
