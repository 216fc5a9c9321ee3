package dev.flotilla.local.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.supervision.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A pod of a manifest as podman can play it on the network of this machine. Image, user,
 * restrictions, limits, mounts and variables stay what they are; podman knows no Services, Secrets,
 * projected volumes, StatefulSets and probes, so what these would do is written into the pod.
 *
 * @param name for podman
 * @param address on this machine's loopback network, where it listens on the manifests' ports
 * @param manifest a Pod, and claims it has
 */
record PlayedPod(String part, String name, String address, List<ObjectNode> manifest) {
  /** What Kubernetes alone does something with. */
  private static final List<String> CLUSTERS =
      List.of(
          "serviceAccountName",
          "automountServiceAccountToken",
          "enableServiceLinks",
          "imagePullSecrets",
          "affinity",
          "topologySpreadConstraints");

  private static final Set<String> ASKED_BY_KUBELET =
      Set.of("startupProbe", "livenessProbe", "readinessProbe", "lifecycle", "envFrom");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /**
   * What is around the pods here.
   *
   * @param secrets entries of Secrets by their names
   * @param instead variables whose values are other ones here: where stores are
   * @param addresses of the pods, by part
   * @param images a prefix for images, instead of the registry's
   * @param mark what the names of pods and volumes end with
   * @param folder for files that are mounted
   */
  record Surroundings(
      Map<String, Map<String, String>> secrets,
      Map<String, String> instead,
      Map<String, String> addresses,
      String images,
      String mark,
      Path folder) {
    String secret(String name, String entry) {
      var value = secrets.getOrDefault(name, Map.of()).get(entry);
      if (value == null) {
        throw new CannotStart(
            "a pod refers to " + entry + " of the Secret " + name + ", which nobody made");
      }
      return value;
    }

    String address(String part) {
      return Objects.requireNonNull(addresses.get(part), part);
    }
  }

  /**
   * Writes what it mounts into a folder of its own.
   *
   * @throws CannotStart when it has something that cannot be played, naming it
   */
  static PlayedPod of(Overlay overlay, Overlay.Workload workload, Surroundings here)
      throws IOException {
    var name = workload.name() + "-" + here.mark();
    var address = here.address(workload.part());
    ObjectNode spec = workload.pod().deepCopy();
    spec.remove(CLUSTERS);
    // One that ends is a failure here, and not to be hidden by a second try.
    spec.put("restartPolicy", "Never");
    for (var each : spec.path("containers")) {
      var container = (ObjectNode) each;
      container.set("env", environment(overlay, container, address, here));
      container.remove(ASKED_BY_KUBELET);
      // On the machine's own network there is nothing to lead to them.
      container.remove("ports");
      var image = container.path("image").asText();
      container.put("image", here.images() + image.substring(image.lastIndexOf('/')));
      container.put("imagePullPolicy", "Never");
    }
    var claims = new ArrayList<ObjectNode>();
    var volumes = spec.withArray("volumes");
    for (var volume : volumes) {
      mount(overlay, (ObjectNode) volume, here, here.folder().resolve(name));
    }
    for (var claim : workload.claims()) {
      var own = claim + "-" + name;
      volumes
          .addObject()
          .put("name", claim)
          .putObject("persistentVolumeClaim")
          .put("claimName", own);
      claims.add(claim(own, spec.path("securityContext")));
    }
    var pod = NODES.objectNode().put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata").put("name", name);
    pod.set("spec", spec);
    claims.add(pod);
    return new PlayedPod(workload.part(), name, address, List.copyOf(claims));
  }

  private static ArrayNode environment(
      Overlay overlay, ObjectNode container, String address, Surroundings here) {
    var values = new LinkedHashMap<String, String>();
    for (var source : container.path("envFrom")) {
      values.putAll(overlay.configMap(source.at("/configMapRef/name").asText()));
    }
    for (var variable : container.path("env")) {
      var name = variable.path("name").asText();
      var secret = variable.at("/valueFrom/secretKeyRef");
      if (variable.has("value")) {
        values.put(name, variable.path("value").asText());
      } else if (secret.isObject()) {
        values.put(name, here.secret(secret.path("name").asText(), secret.path("key").asText()));
      } else {
        throw new CannotStart(
            "the variable " + name + " comes from what cannot be played: " + variable);
      }
    }
    values.replaceAll((name, value) -> withAddresses(overlay, value, here));
    here.instead().forEach((name, value) -> values.computeIfPresent(name, (n, v) -> value));
    // All share one network here, and each has an address of its own in it.
    values.put("SERVER_HOST", address);
    values.put("SERVER_SOCKETS_0_HOST", address);
    var environment = NODES.arrayNode();
    values.forEach((name, value) -> environment.addObject().put("name", name).put("value", value));
    return environment;
  }

  /** Where a Service would lead: its port 80 is 8080 of its pods. */
  private static String withAddresses(Overlay overlay, String value, Surroundings here) {
    var text = value;
    for (var service : overlay.services().entrySet()) {
      text =
          Pattern.compile(
                  "http://" + Pattern.quote(service.getKey()) + "(?::([0-9]+))?(?![-:a-z0-9.])")
              .matcher(text)
              .replaceAll(
                  found ->
                      "http://"
                          + here.address(service.getValue())
                          + ":"
                          + (found.group(1) == null ? "8080" : found.group(1)));
    }
    return text;
  }

  private static void mount(Overlay overlay, ObjectNode volume, Surroundings here, Path folder)
      throws IOException {
    var files = new LinkedHashMap<String, String>();
    if (volume.has("projected")) {
      for (var source : volume.at("/projected/sources")) {
        var map = overlay.configMap(source.at("/configMap/name").asText());
        for (var item : source.at("/configMap/items")) {
          var key = item.path("key").asText();
          files.put(item.path("path").asText(), Objects.requireNonNull(map.get(key), key));
        }
      }
    } else if (volume.has("secret")) {
      for (var item : volume.at("/secret/items")) {
        files.put(
            item.path("path").asText(),
            here.secret(volume.at("/secret/secretName").asText(), item.path("key").asText()));
      }
    } else if (volume.has("emptyDir")) {
      return;
    } else {
      throw new CannotStart("a volume cannot be played: " + volume);
    }
    var root = folder.resolve(volume.path("name").asText());
    for (var file : files.entrySet()) {
      var target = root.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.writeString(target, file.getValue());
    }
    volume.remove(List.of("projected", "secret"));
    volume.putObject("hostPath").put("path", root.toString()).put("type", "Directory");
  }

  /** Its owner is who Kubernetes would make it: {@code fsGroup} has no other meaning here. */
  private static ObjectNode claim(String name, JsonNode security) {
    var claim = NODES.objectNode().put("apiVersion", "v1").put("kind", "PersistentVolumeClaim");
    claim
        .putObject("metadata")
        .put("name", name)
        .putObject("annotations")
        .put("volume.podman.io/uid", security.path("runAsUser").asText())
        .put("volume.podman.io/gid", security.path("fsGroup").asText());
    var spec = claim.putObject("spec");
    spec.putArray("accessModes").add("ReadWriteOnce");
    spec.putObject("resources").putObject("requests").put("storage", "1Gi");
    return claim;
  }

  /** The text for {@code podman kube play}. */
  String yaml() throws IOException {
    var text = new StringBuilder();
    for (var document : manifest) {
      text.append(Overlay.YAML.writeValueAsString(document));
    }
    return text.toString();
  }

  /** Names of the volumes that outlive it. */
  List<String> claims() {
    return manifest.stream()
        .filter(it -> it.path("kind").asText().equals("PersistentVolumeClaim"))
        .map(it -> it.at("/metadata/name").asText())
        .toList();
  }

  /** As podman names it. */
  String container() {
    return name + "-" + manifest.getLast().at("/spec/containers/0/name").asText();
  }
}
