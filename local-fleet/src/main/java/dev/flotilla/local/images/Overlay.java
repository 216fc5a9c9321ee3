package dev.flotilla.local.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.flotilla.local.supervision.CannotStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Manifests as kustomize makes them of an overlay.
 *
 * @param objects in its order
 */
record Overlay(List<JsonNode> objects) {
  static final YAMLMapper YAML = new YAMLMapper();

  private static final String COMPONENT = "app.kubernetes.io/component";

  /**
   * What makes pods of ours.
   *
   * @param part such as {@code router}
   * @param pod the pod's {@code spec}
   * @param claims names of volumes that each pod has for itself
   */
  record Workload(String name, String part, JsonNode pod, List<String> claims) {}

  Overlay {
    objects = List.copyOf(objects);
  }

  /**
   * @throws CannotStart when kubectl is missing or refuses
   */
  static Overlay rendered(Path folder) throws IOException, InterruptedException {
    return parse(Command.run(List.of("kubectl", "kustomize", folder.toString())));
  }

  static Overlay parse(String manifests) throws IOException {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(manifests)) {
      return new Overlay(documents.readAll().stream().filter(JsonNode::isObject).toList());
    }
  }

  /** Those of our programs; the overlay's Redis has no part of ours. */
  List<Workload> workloads() {
    var workloads = new ArrayList<Workload>();
    for (var thing : objects) {
      var template = thing.at("/spec/template");
      var part = template.at("/metadata/labels").path(COMPONENT).asText("");
      if (!part.isEmpty()) {
        var claims = new ArrayList<String>();
        for (var claim : thing.at("/spec/volumeClaimTemplates")) {
          claims.add(claim.at("/metadata/name").asText());
        }
        workloads.add(
            new Workload(thing.at("/metadata/name").asText(), part, template.path("spec"), claims));
      }
    }
    return workloads;
  }

  /** Names of Services, and the parts they lead to. */
  Map<String, String> services() {
    var services = new LinkedHashMap<String, String>();
    for (var thing : objects) {
      var part = thing.at("/spec/selector").path(COMPONENT).asText("");
      if (thing.path("kind").asText().equals("Service") && !part.isEmpty()) {
        services.put(thing.at("/metadata/name").asText(), part);
      }
    }
    return services;
  }

  /**
   * @throws CannotStart when there is none of this name
   */
  Map<String, String> configMap(String name) {
    for (var thing : objects) {
      if (thing.path("kind").asText().equals("ConfigMap")
          && thing.at("/metadata/name").asText().equals(name)) {
        var data = new LinkedHashMap<String, String>();
        thing
            .path("data")
            .properties()
            .forEach(it -> data.put(it.getKey(), it.getValue().asText()));
        return data;
      }
    }
    throw new CannotStart("a pod refers to the ConfigMap " + name + ", which no manifest has");
  }
}
