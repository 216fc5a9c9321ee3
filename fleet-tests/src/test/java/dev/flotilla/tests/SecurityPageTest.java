package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/reference/security.md says is checked by a test is. */
class SecurityPageTest {
  private static final Pattern NAMED =
      Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT|Rules))(?:#([a-z_0-9]+))?`");

  @Test
  void every_test_it_names_is_there() throws IOException {
    String page = Files.readString(FleetUnderTest.TREE.resolve("docs/reference/security.md"));
    Map<String, String> tests = tests();
    var missing = new TreeSet<String>();
    int methods = 0;
    for (MatchResult named : NAMED.matcher(page).results().toList()) {
      String text = tests.get(named.group(1));
      String method = named.group(2);
      if (text == null || (method != null && !text.matches("(?s).*\\b" + method + "\\b.*"))) {
        missing.add(named.group());
      }
      methods += method == null ? 0 : 1;
    }
    assertEquals(Set.of(), missing, "tests that are named and not there");
    assertTrue(methods > 50, "only " + methods);
  }

  /** The text of each, by its class. */
  private static Map<String, String> tests() throws IOException {
    try (Stream<Path> modules = Files.list(FleetUnderTest.TREE)) {
      return modules
          .map(module -> module.resolve("src/test/java"))
          .filter(Files::isDirectory)
          .flatMap(SecurityPageTest::files)
          .collect(
              Collectors.toMap(
                  file -> file.getFileName().toString().replace(".java", ""),
                  SecurityPageTest::text,
                  // Two of one name, such as those of two services.
                  String::concat));
    }
  }

  private static Stream<Path> files(Path folder) {
    try {
      return Files.walk(folder).filter(file -> file.toString().endsWith(".java"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
