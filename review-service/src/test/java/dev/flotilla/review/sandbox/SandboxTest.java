package dev.flotilla.review.sandbox;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SandboxTest {
  /** Opens a sandbox where it is told to, and prints what came of it. */
  public static final class Opening {
    private Opening() {}

    public static void main(String[] arguments) {
      try {
        Sandbox.open(1);
        System.out.println("opened");
      } catch (ConfigurationException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void it_opens_here() throws Exception {
    String said = opened(List.of());
    assertTrue(said.endsWith("opened\n"), said);
  }

  /** In a namespace in which no further ones may be made, as in many containers. */
  @Test
  void where_there_are_no_namespaces_it_says_what_is_missing_and_what_to_do() throws Exception {
    String said =
        opened(
            List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "sh",
                "-c",
                "echo 0 >/proc/sys/user/max_user_namespaces; exec \"$0\" \"$@\""));
    assertTrue(said.contains("Commands cannot verify anything here"), said);
    assertTrue(said.contains("user.max_user_namespaces"), said);
    assertTrue(said.contains("flotilla.review.verifier-url"), said);
  }

  private static String opened(List<String> in) throws Exception {
    var command = new ArrayList<>(in);
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Opening.class.getName()));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("LC_ALL", "C"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return said;
  }
}
