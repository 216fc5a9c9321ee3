package dev.flotilla.router.pipeline.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunCallerTest {
  private static final Path RECORDED =
      Path.of("../contracts/src/test/resources/recorded/0.1.0/run-caller.json");

  @Test
  void runs_that_0_1_0_admitted_go_on_for_the_same_caller() throws Exception {
    String written = Files.readString(RECORDED).strip();
    RunCaller read = RunCaller.of(written);
    assertEquals("skew", read.caller().team());
    assertEquals(Set.of("caller", "viewer"), read.caller().roles());
    assertEquals(List.of("acme/*"), read.caller().models());
    assertEquals(600L, read.policy().requestsPerMinute());
    assertEquals(read, RunCaller.of(read.json()));
    assertEquals(
        read, RunCaller.of(written.replaceFirst("\\{", "{\"of_a_later_version\":{\"x\":1},")));
  }
}
