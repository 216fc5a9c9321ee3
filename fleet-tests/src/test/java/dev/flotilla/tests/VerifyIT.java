package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code ./fleet verify}: what it runs has tests of its own. */
class VerifyIT {
  @Test
  void what_was_verified_is_said_in_a_line_each_and_the_rest_is_in_a_file() throws Exception {
    Ended ended = verify("--quick", "--only", "runs");
    assertEquals(0, ended.status(), ended.out());
    assertTrue(
        ended.out().matches("runs +held +\\d+ s   ./fleet chaos --runs 50 .*runs.log\n"),
        ended.out());
    String said = Files.readString(FleetUnderTest.TREE.resolve("target/verify/runs.log"));
    assertTrue(said.contains("the ledger is the bill"), said);
  }

  @Test
  void what_is_not_there_is_refused_with_what_is() throws Exception {
    Ended ended = verify("--only", "soak,chaso");
    assertEquals(2, ended.status());
    assertTrue(ended.out().contains("no \"chaso\"; write some of: chaos "), ended.out());
  }

  private record Ended(int status, String out) {}

  private static Ended verify(String... words) throws Exception {
    var command =
        new ArrayList<String>(List.of(FleetUnderTest.TREE.resolve("fleet").toString(), "verify"));
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
