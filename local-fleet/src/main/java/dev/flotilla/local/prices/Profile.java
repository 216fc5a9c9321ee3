package dev.flotilla.local.prices;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model that the catalogue describes and leaves its prices to the price list.
 *
 * @param provider id, as the catalogue writes it
 * @param upstream what the provider calls the model
 * @param hears whether it listens to sound
 */
record Profile(String provider, String name, String upstream, boolean hears) {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  String id() {
    return provider + "/" + name;
  }

  /** All of a catalogue's folder, by id. */
  static List<Profile> in(Path catalog) throws IOException {
    var profiles = new ArrayList<Profile>();
    try (Stream<Path> files = Files.list(catalog)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        JsonNode tree = YAML.readTree(file.toFile());
        for (JsonNode model : tree.path("models")) {
          if (!model.has("prices")) {
            profiles.add(of(tree.path("provider").asText(), model));
          }
        }
      }
    }
    profiles.sort(Comparator.comparing(Profile::id));
    return profiles;
  }

  private static Profile of(String provider, JsonNode model) {
    String name = model.path("name").asText();
    boolean hears = false;
    for (JsonNode input : model.path("inputs")) {
      hears |= input.asText().equals("audio");
    }
    return new Profile(provider, name, model.path("upstream").asText(name), hears);
  }
}
