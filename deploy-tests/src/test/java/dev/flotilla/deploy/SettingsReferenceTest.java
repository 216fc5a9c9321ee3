package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReferenceTest {
  /** A key where it is read, and the start of one that ends with a name. */
  private static final Pattern READ =
      Pattern.compile(
          "\\.(?:text|optional|duration|number|fraction|flag|names|path|address|secret)"
              + "\\(\\s*\"(flotilla\\.[a-z0-9.-]+)\"");

  /** A key that is handed on to where it is read counts, too. */
  private static final Pattern NAMED = Pattern.compile("\"(flotilla\\.[a-z0-9.-]+)\"");

  @Test
  void the_page_is_what_the_services_say() throws IOException {
    String document = SettingsReference.document();
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(SettingsReference.FILE, document);
    }
    assertEquals(
        document, Project.read(SettingsReference.FILE), "write it anew with -Dgolden.write=true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"router", "provider", "cost", "review"})
  void a_service_reads_what_it_describes_and_describes_what_it_reads(String service) {
    Set<String> described =
        SettingsReference.groups(service).stream()
            .flatMap(group -> group.settings().stream())
            .map(SettingsReference.Setting::key)
            .filter(key -> key.startsWith("flotilla."))
            .collect(Collectors.toCollection(TreeSet::new));
    String code = service + "-service/src/main/java";
    Set<String> read = keys(READ, code);
    Set<String> named = keys(NAMED, code);
    named.addAll(keys(NAMED, "service-kit/src/main/java"));

    assertEquals(
        Set.of(),
        read.stream().filter(key -> !describes(described, key)).collect(Collectors.toSet()),
        "read, but not in the defaults");
    assertEquals(
        Set.of(),
        described.stream()
            .filter(key -> named.stream().noneMatch(name -> reads(name, key)))
            .collect(Collectors.toSet()),
        "in the defaults, but nobody reads it");
  }

  private static boolean describes(Set<String> described, String read) {
    return described.stream().anyMatch(key -> reads(read, key));
  }

  private static boolean reads(String read, String key) {
    return read.endsWith(".") ? key.startsWith(read) : key.equals(read);
  }

  private static Set<String> keys(Pattern pattern, String folder) {
    return Project.filesIn(Project.TREE.resolve(folder), ".java").stream()
        .map(Project::read)
        .flatMap(code -> pattern.matcher(code).results().map((MatchResult found) -> found.group(1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
