package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.TREE;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.testkit.Behaviour;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plan, implement, review, aggregate, verify: three models that did not write the code approve it,
 * and a real compiler and real unit tests have the last word.
 */
class VerifiedPipelineIT {
  private static final String TESTS =
      """
      import static org.junit.jupiter.api.Assertions.assertEquals;
      import org.junit.jupiter.api.Test;
      class SolutionTest {
        @Test void eight() { assertEquals(8, Solution.twice(4)); }
      }
      """;

  private static final String RIGHT =
      "class Solution { static int twice(int x) { return 2 * x; } }";
  private static final String WRONG =
      "class Solution { static int twice(int x) { return 3 * x; } }";
  private static final String CARELESS =
      "class Solution { static int twice(int x) { java.util.List l = null; return 2 * x; } }";

  /** Where whoever runs commands can read. */
  private static final Path PUBLIC = Path.of("/var/tmp");

  private static FleetUnderTest fleet;
  private static Path junit;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    junit = junitIn(Files.createTempDirectory(PUBLIC, "flotilla-junit-"));
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(
        config.resolve("verifiers.yaml"),
        Files.readString(TREE.resolve("examples/verifiers.yaml"))
            .replace("/opt/java/openjdk", System.getProperty("java.home"))
            .replace("/opt/junit", junit.toString()));
    Files.createDirectories(config.resolve("pipelines"));
    Files.writeString(
        config.resolve("pipelines/plan-implement-verify.yaml"),
        Files.readString(TREE.resolve("examples/plan-implement-verify.yaml"))
            .replace("policy: two-of-three", "policy: others"));
    Files.createDirectories(config.resolve("review-policies"));
    Files.writeString(
        config.resolve("review-policies/others.yaml"),
        Files.readString(TREE.resolve("config/review-policies/two-of-three.yaml"))
            .replaceFirst("prefer: .*", "prefer: [beta/m, gamma/m, delta/m]"));
    fleet = FleetUnderTest.start(folder);
    String approval =
        "{\"verdict\": \"approve\", \"score\": 1, \"confidence\": 1, \"findings\": []}";
    for (var reviewer : List.of(fleet.beta, fleet.gamma, fleet.delta)) {
      reviewer.always(Behaviour.says(approval));
    }
  }

  private static Path junitIn(Path folder) throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
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
      Path copy = Files.copy(jar, folder.resolve(jar.getFileName()));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
    }
    return folder;
  }

  @AfterAll
  static void stop() throws IOException {
    fleet.close();
    try (Stream<Path> files = Files.walk(junit)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** What alpha, who plans and writes, says first, and when its reviewers want changes. */
  private static void writes(String first, String second) {
    fleet.alpha.always(
        Behaviour.replays(
            body -> {
              if (body.contains("This is your earlier version")) {
                return second;
              }
              return body.contains("Break this task down")
                  ? "{\"criteria\": [\"twice doubles its argument\"]}"
                  : first;
            }));
  }

  private static JsonNode run(String task) throws Exception {
    ObjectNode order = FleetUnderTest.JSON.createObjectNode();
    order.putObject("input").put("task", task).put("tests", TESTS);
    HttpResponse<String> answer =
        fleet.post(KEY, "/v1/pipelines/plan-implement-verify/runs", order.toString());
    assertTrue(answer.statusCode() / 100 == 2, answer.body());
    JsonNode run = json(answer.body());
    assertEquals("completed", run.path("status").asText(), answer.body());
    return run;
  }

  private static JsonNode newestReview() {
    String id = fleet.get(KEY, "/v1/reviews?limit=1").at("/data/0/id").asText();
    return fleet.get(KEY, "/v1/reviews/" + id);
  }

  @Test
  void what_its_tests_refuse_is_made_again_though_everybody_approved_it() throws Exception {
    writes(WRONG, RIGHT);
    JsonNode result = run("double a number").path("output");
    assertEquals("approve", result.path("decision").asText(), result.toString());
    assertEquals(2, result.path("rounds").asInt());
    assertEquals(RIGHT, result.path("artifact").asText());

    JsonNode review = newestReview();
    Set<String> families = new TreeSet<>();
    review.path("reviewers").forEach(each -> families.add(each.path("family").asText()));
    assertEquals(Set.of("beta", "gamma", "delta"), families, "alpha wrote it");
    assertEquals("alpha/m", review.at("/author_models/0").asText());
    assertEquals(2, review.path("verification").size());
    review.path("verification").forEach(check -> assertTrue(check.path("passed").asBoolean()));
    assertTrue(
        review.at("/verification/1/detail").asText().contains("1 of 1 tests passed"),
        review.path("verification").toString());
  }

  @Test
  void no_vote_outweighs_the_compiler() throws Exception {
    writes(CARELESS, CARELESS);
    JsonNode result = run("double a number carelessly").path("output");
    assertEquals("request_changes", result.path("decision").asText(), result.toString());
    JsonNode review = newestReview();
    assertEquals(3, review.at("/aggregate/votes/approve").asInt());
    assertFalse(review.at("/verification/0/passed").asBoolean(), "the linter");
    assertTrue(review.at("/verification/0/detail").asText().contains("rawtypes"));
    assertTrue(review.at("/verification/1/passed").asBoolean(), "its tests pass");
    assertTrue(result.path("reasons").toString().contains("no vote outweighs that"));
  }
}
