package dev.flotilla.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each library of a service has a licence that was looked up, and one we can give it on under. */
class LicencesTest {
  /** By SPDX's names. */
  private static final Set<String> ADMITTED =
      Set.of(
          "Apache-2.0",
          "MIT",
          "MIT-0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "EPL-2.0",
          "CC0-1.0",
          "LicenseRef-Public-Domain",
          // As a library of its own that anybody can replace.
          "LGPL-2.1-only");

  private static final List<String> SERVICES = List.of("router", "provider", "cost", "review");

  @Test
  void every_library_is_under_a_licence_that_is_admitted() throws IOException {
    Map<String, Set<String>> known = known();
    var shipped = new TreeSet<String>();
    for (String service : SERVICES) {
      Set<String> libraries = libraries(service);
      assertTrue(libraries.size() > 50, service + " has " + libraries);
      shipped.addAll(libraries);
    }
    assertEquals(known.keySet(), shipped, "licences.txt has exactly what is shipped");
    var refused = new TreeMap<>(known);
    refused.values().removeIf(licences -> licences.stream().anyMatch(ADMITTED::contains));
    assertEquals(Map.of(), refused);
  }

  /** The list of parts is only made by a build that may ask the registry for licences. */
  @Test
  void a_list_of_parts_that_was_made_names_every_library() throws IOException {
    for (String service : SERVICES) {
      Path bom = target(service).resolve("bom.json");
      if (Files.exists(bom)) {
        var listed = new HashSet<String>();
        JsonNode parts = FleetUnderTest.JSON.readTree(Files.readString(bom)).path("components");
        parts.forEach(part -> listed.add(part.path("name").asText()));
        Set<String> missing = libraries(service);
        // Some have a classifier after their name and version.
        missing.removeIf(name -> listed.stream().anyMatch(name::startsWith));
        assertEquals(Set.of(), missing, service);
      }
    }
  }

  private static Path target(String service) {
    return FleetUnderTest.TREE.resolve(service + "-service/target");
  }

  /** Names without versions; our own modules left out. */
  private static Set<String> libraries(String service) throws IOException {
    try (Stream<Path> jars = Files.list(target(service).resolve("libs"))) {
      return jars.map(jar -> jar.getFileName().toString())
          .filter(name -> !name.startsWith("flotilla-"))
          .map(name -> name.replaceAll("\\.jar$", "").replaceAll("-\\d.*$", ""))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Map<String, Set<String>> known() throws IOException {
    var known = new TreeMap<String, Set<String>>();
    try (var in = LicencesTest.class.getResourceAsStream("licences.txt")) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          List<String> words = List.of(line.strip().split(" "));
          known.put(words.getFirst(), new TreeSet<>(words.subList(1, words.size())));
        }
      }
    }
    return known;
  }
}
