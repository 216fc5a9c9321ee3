package dev.flotilla.local.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of {@code k8s/base} a pod for podman keeps, and what stands in it for a cluster. */
class PlayedPodTest {
  private static final Path BASE = Path.of("..").toAbsolutePath().normalize().resolve("k8s/base");

  private static final Map<String, String> ADDRESSES =
      Map.of(
          "router", "127.1.1.1",
          "runner", "127.1.1.2",
          "provider", "127.1.1.3",
          "cost", "127.1.1.4",
          "review", "127.1.1.5");

  @TempDir Path folder;

  @Test
  void image_user_restrictions_and_limits_are_the_manifests() throws Exception {
    var played = play("router");
    var manifest = played.manifest().getLast();
    assertEquals("flotilla-router-7", manifest.at("/metadata/name").asText());
    var spec = manifest.path("spec");
    assertEquals(10_001, spec.at("/securityContext/runAsUser").asInt());
    var container = spec.at("/containers/0");
    assertEquals("localhost/flotilla/router-service:0.1.0", container.path("image").asText());
    assertTrue(container.at("/securityContext/readOnlyRootFilesystem").asBoolean());
    assertFalse(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true));
    assertEquals("[\"ALL\"]", container.at("/securityContext/capabilities/drop").toString());
    assertEquals("512Mi", container.at("/resources/limits/memory").asText());
    for (var gone : List.of("readinessProbe", "lifecycle", "envFrom", "ports")) {
      assertFalse(container.has(gone), gone);
    }
    assertEquals("flotilla-router-7-router", played.container());
    assertTrue(played.claims().isEmpty());
  }

  @Test
  void addresses_are_where_the_services_would_lead() throws Exception {
    var told = environment(play("router"));
    assertEquals("http://127.1.1.3:8080", told.get("FLOTILLA_PROVIDER_URL"));
    assertEquals("http://127.1.1.3:8080", told.get("FLOTILLA_PROVIDER_REPLICAS"));
    assertEquals(
        "http://127.1.1.2:8080/internal/runs/{run_id}/wake",
        told.get("FLOTILLA_PEOPLE_CALLBACK_URL"));
    assertEquals("127.1.1.1", told.get("SERVER_HOST"));
    assertEquals("9090", told.get("SERVER_SOCKETS_0_PORT"));
    assertEquals("jdbc:postgresql://127.0.0.1:5/x", told.get("FLOTILLA_POSTGRES_URL"));
    assertFalse(told.containsKey("NOBODY_READS_IT"), "only what the manifest has");
  }

  @Test
  void secrets_and_files_are_where_they_are_read() throws Exception {
    var played = play("router");
    assertEquals("a-token", environment(played).get("FLOTILLA_SERVICE_TOKEN"));
    var files = new TreeMap<String, String>();
    for (JsonNode volume : played.manifest().getLast().at("/spec/volumes")) {
      files.put(volume.path("name").asText(), volume.at("/hostPath/path").asText());
    }
    assertEquals("", files.get("tmp"), "an empty folder, as it was");
    assertEquals("- keys", Files.readString(Path.of(files.get("keys"), "keys.yaml")));
    var config = BASE.resolve("../../config");
    assertEquals(
        Files.readString(config.resolve("routing.yaml")).strip(),
        Files.readString(Path.of(files.get("config"), "routing.yaml")).strip());
    assertEquals(
        Files.readString(config.resolve("catalog/sim-north.yaml")).strip(),
        Files.readString(Path.of(files.get("config"), "catalog/sim-north.yaml")).strip());
  }

  @Test
  void what_is_spent_is_on_a_volume_of_the_pods_user() throws Exception {
    var played = play("provider");
    assertEquals(List.of("spool-flotilla-provider-7"), played.claims());
    assertEquals(
        "10001",
        played
            .manifest()
            .getFirst()
            .at("/metadata/annotations")
            .path("volume.podman.io/uid")
            .asText());
    assertTrue(played.yaml().contains("claimName: \"spool-flotilla-provider-7\""));
  }

  @Test
  void a_secret_that_nobody_made_is_named() throws Exception {
    var told =
        assertThrows(CannotStart.class, () -> play("cost", Map.of("flotilla-secrets", Map.of())));
    assertEquals(
        "a pod refers to service-token of the Secret flotilla-secrets, which nobody made",
        told.getMessage());
  }

  private PlayedPod play(String part) throws IOException {
    return play(
        part,
        Map.of(
            "flotilla-secrets", Map.of("service-token", "a-token", "cache-secret", "another"),
            "flotilla-keys", Map.of("keys.yaml", "- keys"),
            "flotilla-postgres", Map.of("password", "p")));
  }

  private PlayedPod play(String part, Map<String, Map<String, String>> secrets) throws IOException {
    var manifests = new ArrayList<String>();
    for (var file : List.of("config", "cost", "provider", "review", "router")) {
      manifests.add(Files.readString(BASE.resolve(file + ".yaml")));
    }
    var overlay = Overlay.parse(String.join("\n---\n", manifests));
    assertEquals(
        ADDRESSES.keySet(),
        overlay.workloads().stream().map(Overlay.Workload::part).collect(Collectors.toSet()));
    var here =
        new PlayedPod.Surroundings(
            secrets,
            Map.of(
                "FLOTILLA_POSTGRES_URL", "jdbc:postgresql://127.0.0.1:5/x", "NOBODY_READS_IT", "1"),
            ADDRESSES,
            ImageBuild.PREFIX,
            "7",
            folder);
    var workload =
        overlay.workloads().stream().filter(it -> it.part().equals(part)).findFirst().orElseThrow();
    return PlayedPod.of(overlay, workload, here);
  }

  private static Map<String, String> environment(PlayedPod pod) {
    var values = new TreeMap<String, String>();
    for (JsonNode variable : pod.manifest().getLast().at("/spec/containers/0/env")) {
      values.put(variable.path("name").asText(), variable.path("value").asText());
    }
    return values;
  }
}
