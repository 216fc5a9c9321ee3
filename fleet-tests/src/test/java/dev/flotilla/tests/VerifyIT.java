package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./fleet verify}: what it runs has tests of its own. */
class VerifyIT {
  @Test
  void what_does_not_hold_is_said_and_the_next_one_is_run_all_the_same(@TempDir Path empty)
      throws Exception {
    // A tree without what was built: nothing in it can run.
    Path fleet = Files.copy(FleetUnderTest.TREE.resolve("fleet"), empty.resolve("fleet"));
    Ended ended = verify(fleet, "--quick", "--only", "runs,soak");
    assertEquals(1, ended.status(), ended.out());
    assertTrue(
        ended
            .out()
            .matches(
                "(?s).*runs +FAILED +\\d+ s   ./fleet chaos --runs 50 .*soak +FAILED +\\d+ s   ./fleet soak --minutes 1 .*"),
        ended.out());
    String said = Files.readString(empty.resolve("target/verify/runs.log"));
    assertTrue(said.contains("bench-app.jar"), said);
  }

  @Test
  void what_is_not_there_is_refused_with_what_is() throws Exception {
    Ended ended = verify(FleetUnderTest.TREE.resolve("fleet"), "--only", "soak,chaso");
    assertEquals(2, ended.status());
    assertTrue(ended.out().contains("no \"chaso\"; write some of: chaos "), ended.out());
  }

  private record Ended(int status, String out) {}

  private static Ended verify(Path fleet, String... words) throws Exception {
    var command = new ArrayList<String>(List.of(fleet.toString(), "verify"));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    // The build that runs this test is the one to use: another one inside it would wait for itself.
    builder.environment().put("FLEET_NO_BUILD", "true");
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out);
  }
}
