package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.review.sandbox.Ending;
import dev.flotilla.review.sandbox.Job;
import dev.flotilla.review.sandbox.Limits;
import dev.flotilla.review.sandbox.Sandbox;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs commands on this machine, each in a fresh room. Thread-safe. */
final class Rooms implements Workshop {
  private static final int MOST_OUTPUT_SHOWN = 3_000;

  private final Sandbox sandbox;

  Rooms(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /**
   * Looks whether a command's programs are there.
   *
   * @param at where it is written
   * @throws ConfigurationException when one is not
   */
  void mustHave(Command command, String at) {
    for (int i = 0; i < command.run().size(); i++) {
      String program = command.run().get(i).getFirst();
      var look =
          new Job(
              List.of("sh", "-c", "command -v \"$0\"", program),
              Map.of(),
              command.readable(),
              Limits.USUAL);
      if (!(sandbox.run(look, Deadline.in(Duration.ofSeconds(30)))
              instanceof Ending.Exited(int status, String output)
          && status == 0)) {
        throw new ConfigurationException(
            at
                + ".run["
                + i
                + "] begins with '"
                + program
                + "', and there is no such program in the sandbox; install it, write its absolute path, or add the folder it is in to readable");
      }
    }
  }

  @Override
  public Verified run(
      Command command, Artifact artifact, Map<String, String> given, Deadline deadline) {
    var files = new HashMap<String, byte[]>();
    command.files().forEach((name, content) -> files.put(name, bytes(content)));
    given.forEach((name, content) -> files.put(name, bytes(content)));
    files.put(command.artifact(), bytes(artifact.content()));
    Deadline own = Deadline.in(least(command.limits().wallClock(), deadline.remaining()));
    String said = "";
    for (List<String> each : command.run()) {
      Ending ending = sandbox.run(new Job(each, files, command.readable(), command.limits()), own);
      switch (ending) {
        case Ending.Exited(int status, String output) -> {
          if (status != 0) {
            return new Verified(
                command.name(),
                false,
                String.join(" ", each) + " ended with " + meaning(status) + "\n" + end(output));
          }
          said = output;
        }
        case Ending.Stopped(String why, String output) -> {
          return new Verified(
              command.name(),
              false,
              String.join(" ", each) + " was stopped: " + why + "\n" + end(output));
        }
        case Ending.NotStarted(String why) -> {
          return new Verified(command.name(), false, "not verified: " + why);
        }
      }
    }
    return new Verified(command.name(), true, end(said));
  }

  private static String meaning(int status) {
    return status > 128 ? "signal " + (status - 128) : "status " + status;
  }

  /** What a tool says last is what it found. */
  private static String end(String output) {
    String said = output.strip();
    return said.length() <= MOST_OUTPUT_SHOWN
        ? said
        : "…" + said.substring(said.length() - MOST_OUTPUT_SHOWN);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
