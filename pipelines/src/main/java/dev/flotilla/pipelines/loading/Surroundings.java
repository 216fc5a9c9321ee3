package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an installation has that pipelines can name. What is null is not known, and nothing is held
 * against it.
 *
 * @param candidates models of each task type, best first
 * @param connections names of servers that http steps may ask
 * @param policies of reviews, by name
 */
public record Surroundings(
    @Nullable Catalog catalog,
    Map<String, List<Model>> candidates,
    @Nullable Set<String> connections,
    @Nullable Map<String, ReviewPolicy> policies) {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  public Surroundings {
    candidates = Map.copyOf(candidates);
    connections = connections == null ? null : Set.copyOf(connections);
    policies = policies == null ? null : Map.copyOf(policies);
  }

  /** Nothing is known. */
  public static Surroundings unknown() {
    return new Surroundings(null, Map.of(), null, null);
  }

  /**
   * Reads from a folder of configuration what is there of {@code routing.yaml}, {@code
   * connections.yaml} and {@code review-policies/}. Whether these files are right is decided by the
   * services that use them.
   *
   * @throws IOException when a file cannot be read, or is no YAML
   */
  public static Surroundings in(Path configuration, Catalog catalog) throws IOException {
    return new Surroundings(
        catalog,
        candidates(tree(configuration.resolve("routing.yaml")), catalog),
        connections(tree(configuration.resolve("connections.yaml"))),
        policies(configuration.resolve("review-policies")));
  }

  /** Empty when there is no such file. */
  private static @Nullable JsonNode tree(Path file) throws IOException {
    return Files.exists(file) ? YAML.readTree(Files.readString(file)) : null;
  }

  private static Map<String, List<Model>> candidates(@Nullable JsonNode routing, Catalog catalog) {
    var candidates = new LinkedHashMap<String, List<Model>>();
    if (routing != null) {
      for (var type : routing.path("task_types").properties()) {
        var models = new LinkedHashSet<Model>();
        for (JsonNode name : type.getValue().path("candidates")) {
          models.addAll(catalog.resolve(name.asText()));
        }
        // Whom a gain router may ask first, or last.
        for (String one : List.of("cheap", "strong")) {
          models.addAll(catalog.resolve(type.getValue().path("gain").path(one).asText()));
        }
        candidates.put(type.getKey(), List.copyOf(models));
      }
    }
    return candidates;
  }

  private static @Nullable Set<String> connections(@Nullable JsonNode connections) {
    if (connections == null) {
      return null;
    }
    var names = new TreeSet<String>();
    connections.path("connections").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static @Nullable Map<String, ReviewPolicy> policies(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return null;
    }
    var files = new ArrayList<Path>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(file -> file.toString().endsWith(".yaml")).forEach(files::add);
    }
    var policies = new TreeMap<String, ReviewPolicy>();
    for (Path file : files) {
      JsonNode panel = YAML.readTree(Files.readString(file)).path("panel");
      policies.put(
          file.getFileName().toString().replaceFirst("\\.yaml$", ""),
          new ReviewPolicy(
              panel.path("size").asInt(1), panel.path("independence").asText("family")));
    }
    return policies;
  }
}
