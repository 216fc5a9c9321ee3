package dev.flotilla.review.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped tools, as they are shipped, and what may be written in their file. */
class CommandsTest {
  private static final Path EXAMPLES = Path.of("../examples/verifiers.yaml");

  /** Where whoever runs commands can read: not in a folder of this user's own. */
  private static final Path PUBLIC = Path.of("/var/tmp");

  private static Path junit;
  private static Verifiers shipped;

  @TempDir Path configuration;

  @BeforeAll
  static void withThisJdkAndThisJunit() throws Exception {
    junit = Files.createTempDirectory(PUBLIC, "flotilla-junit-");
    Files.setPosixFilePermissions(junit, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String name :
        List.of(
            "org.junit.jupiter.api.Test",
            "org.junit.jupiter.engine.JupiterTestEngine",
            "org.junit.platform.commons.JUnitException",
            "org.junit.platform.engine.TestEngine",
            "org.junit.platform.launcher.Launcher",
            "org.opentest4j.AssertionFailedError",
            "org.jspecify.annotations.NullMarked")) {
      Path jar =
          Path.of(Class.forName(name).getProtectionDomain().getCodeSource().getLocation().toURI());
      Path copy = Files.copy(jar, junit.resolve(jar.getFileName()));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
    }
    Path folder = Files.createTempDirectory("flotilla-verifiers-");
    Files.writeString(
        folder.resolve("verifiers.yaml"),
        Files.readString(EXAMPLES)
            .replace("/opt/java/openjdk", System.getProperty("java.home"))
            .replace("/opt/junit", junit.toString()));
    shipped = Verifiers.open(folder);
    Files.delete(folder.resolve("verifiers.yaml"));
    Files.delete(folder);
  }

  @AfterAll
  static void clean() throws IOException {
    try (Stream<Path> files = Files.walk(junit)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  @Test
  void python_passes_when_it_compiles_and_its_tests_do() {
    Verified verified =
        verify("python", "def double(x):\n    return 2 * x\n", pythonTest("double(4), 8"));
    assertTrue(verified.passed(), verified.detail());
    assertTrue(verified.detail().endsWith("OK"), verified.detail());
  }

  @Test
  void python_fails_with_its_tests_and_says_why() {
    Verified verified =
        verify("python", "def double(x):\n    return 3 * x\n", pythonTest("double(4), 8"));
    assertFalse(verified.passed());
    assertTrue(
        verified.detail().startsWith("python3 -m unittest -v test_solution ended with status 1"),
        verified.detail());
    assertTrue(verified.detail().contains("12 != 8"), verified.detail());
  }

  @Test
  void python_that_does_not_compile_is_not_tested() {
    Verified verified = verify("python", "def double(x)\n", pythonTest("double(4), 8"));
    assertFalse(verified.passed());
    assertTrue(
        verified.detail().startsWith("python3 -m py_compile solution.py ended with status 1"),
        verified.detail());
    assertTrue(verified.detail().contains("SyntaxError"), verified.detail());
  }

  @Test
  void java_passes_when_it_compiles_and_its_tests_do() {
    Verified verified =
        verify(
            "java",
            "class Solution { static int twice(int x) { return 2 * x; } }",
            javaTest("assertEquals(8, Solution.twice(4));"));
    assertTrue(verified.passed(), verified.detail());
    assertTrue(verified.detail().endsWith("1 of 1 tests passed"), verified.detail());
  }

  @Test
  void java_fails_with_its_tests_and_without_any() {
    String solution = "class Solution { static int twice(int x) { return 3 * x; } }";
    Verified verified = verify("java", solution, javaTest("assertEquals(8, Solution.twice(4));"));
    assertFalse(verified.passed());
    assertTrue(verified.detail().contains("expected: <8> but was: <12>"), verified.detail());
    assertFalse(
        verify("java", solution, Map.of("SolutionTest.java", "class SolutionTest {}")).passed());
    assertFalse(verify("java", "class Solution {", javaTest("")).passed());
  }

  @Test
  void the_linter_refuses_what_the_compiler_warns_of() {
    assertTrue(
        verify("java-lint", "class Solution { java.util.List<String> all; }", Map.of()).passed());
    Verified verified = verify("java-lint", "class Solution { java.util.List all; }", Map.of());
    assertFalse(verified.passed());
    assertTrue(verified.detail().contains("[rawtypes]"), verified.detail());
  }

  @Test
  void what_a_request_brings_along_is_exactly_what_the_tool_wants() {
    for (String asked :
        List.of(
            "\"python\"",
            "{\"name\":\"python\",\"files\":{}}",
            "{\"name\":\"python\",\"files\":{\"test_solution.py\":\"\",\"../x\":\"\"}}",
            "{\"name\":\"python\",\"files\":{\"solution.py\":\"\"}}")) {
      var refusal =
          assertThrows(
              BadVerifier.class, () -> shipped.asked(Json.parse("[" + asked + "]")), asked);
      assertTrue(
          refusal.getMessage().contains("must hold exactly [test_solution.py]"),
          refusal.getMessage());
    }
    var refusal =
        assertThrows(
            BadVerifier.class,
            () -> shipped.asked(Json.parse("[{\"name\":\"java-lint\",\"run\":[[\"sh\"]]}]")));
    assertTrue(refusal.getMessage().contains("has no parameters"), refusal.getMessage());
  }

  @Test
  void neither_the_shipped_configuration_nor_none_runs_anything() throws Exception {
    for (Verifiers verifiers :
        List.of(Verifiers.open(Path.of("../config")), Verifiers.open(configuration))) {
      assertThrows(BadVerifier.class, () -> verifiers.asked(Json.parse("[\"python\"]")));
    }
  }

  @Test
  void what_is_written_wrongly_stops_the_start_and_says_what_to_write() {
    assertRefused("commands: {Py: {run: [[a]], artifact: a.py}}", "small letters, digits");
    assertRefused("commands: {py: {run: [[a]]}}", "needs run and artifact");
    assertRefused("commands: {py: {run: [[]], artifact: a.py}}", "needs run and artifact");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: ../a.py}}", "has '../a.py'; write a name");
    assertRefused("commands: {py: {run: [[sh]], artifact: -a.py}}", "has '-a.py'; write a name");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: a.py, given: [a.py]}}", "is called already");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: a.py, readable: [opt]}}", "the absolute path");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: a.py, readable: [/tmp/x]}}", "outside of /proc");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: a.py, readable: [/opt/../etc]}}",
        "the absolute path");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: a.py, readable: [/no/such/folder]}}",
        "which is not there");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: a.py, limits: {cpu: 3s}}}", "such as PT20S");
    assertRefused(
        "commands: {py: {run: [[sh]], artifact: a.py, limits: {processes: 0}}}", "1 or more");
    assertRefused("commands: {py: {run: [[sh]], artifact: a.py, shell: true}}", "shell");
    assertRefused("commands: {regex: {run: [[sh]], artifact: a.py}}", "always there");
    assertRefused(
        "commands: {py: {run: [[no-such-tool]], artifact: a.py}}",
        "commands.py.run[0] begins with 'no-such-tool', and there is no such program in the sandbox");
    assertRefused("links: {hosts: ['https://example.com']}", "write the name of a host");
    assertRefused("commands_at_once: 0", "write 1 or more");
  }

  @Test
  void a_folder_with_the_configuration_in_it_is_never_readable() throws IOException {
    Path folder = Files.createTempDirectory(PUBLIC, "flotilla-config-");
    try {
      String content =
          "commands: {py: {run: [[sh]], artifact: a.py, readable: [%s]}}".formatted(PUBLIC);
      Files.writeString(folder.resolve("verifiers.yaml"), content);
      var refusal = assertThrows(ConfigurationException.class, () -> Verifiers.open(folder));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains("this service's configuration is in it"));
      Files.delete(folder.resolve("verifiers.yaml"));
    } finally {
      Files.delete(folder);
    }
  }

  private void assertRefused(String content, String why) {
    try {
      Files.writeString(configuration.resolve("verifiers.yaml"), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var refusal =
        assertThrows(ConfigurationException.class, () -> Verifiers.open(configuration), content);
    assertTrue(String.valueOf(refusal.getMessage()).contains(why), refusal.getMessage());
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("verifiers.yaml"), refusal.getMessage());
  }

  private static Map<String, String> pythonTest(String equal) {
    return Map.of(
        "test_solution.py",
        """
        import unittest
        from solution import double

        class T(unittest.TestCase):
            def test_it(self):
                self.assertEqual(%s)
        """
            .formatted(equal));
  }

  private static Map<String, String> javaTest(String body) {
    return Map.of(
        "SolutionTest.java",
        """
        import static org.junit.jupiter.api.Assertions.assertEquals;
        import org.junit.jupiter.api.Test;
        class SolutionTest { @Test void it() { %s } }
        """
            .formatted(body));
  }

  private static Verified verify(String name, String content, Map<String, String> files) {
    ObjectNode asked = Json.object().put("name", name);
    if (!files.isEmpty()) {
      ObjectNode given = asked.putObject("files");
      files.forEach(given::put);
    }
    try {
      List<Verified> results =
          Verification.of(
                  shipped.asked(Json.parse("[" + Json.text(asked) + "]")),
                  new Artifact("code", content),
                  Deadline.in(Duration.ofSeconds(120)))
              .results();
      assertEquals(name, results.getFirst().name());
      return results.getFirst();
    } catch (Exception e) {
      throw new AssertionError(name, e);
    }
  }
}
