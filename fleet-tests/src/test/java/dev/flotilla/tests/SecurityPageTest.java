package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/reference/security.md says is checked by a test is. */
class SecurityPageTest {
  private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT))`");

  @Test
  void every_test_it_names_is_there() throws IOException {
    String page = Files.readString(FleetUnderTest.TREE.resolve("docs/reference/security.md"));
    var named = new TreeSet<String>();
    NAMED.matcher(page).results().forEach(name -> named.add(name.group(1)));
    assertTrue(named.size() > 20, named.toString());
    named.removeAll(tests());
    assertEquals(Set.of(), named, "tests that are named and not there");
  }

  private static Set<String> tests() throws IOException {
    try (Stream<Path> modules = Files.list(FleetUnderTest.TREE)) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(SecurityPageTest::files)
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .collect(Collectors.toSet());
    }
  }

  private static Stream<Path> files(Path folder) {
    try {
      return Files.walk(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
