package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given to others is signed, and whoever gets it notices every change. */
class ReleaseIT {
  private static final Path RELEASE = FleetUnderTest.TREE.resolve(".ci/release");

  @TempDir Path folder;

  private record Ended(int status, String said) {}

  @Test
  void what_was_signed_is_verified_and_what_was_changed_is_not() throws Exception {
    Path key = folder.resolve("key");
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key.toString());
    Path signers =
        Files.writeString(
            folder.resolve("signers"), "releases " + Files.readString(folder.resolve("key.pub")));
    Path out = folder.resolve("out");
    Ended made = run(RELEASE.toString(), "--sign-with", key.toString(), "--out", out.toString());
    assertEquals(0, made.status(), made.said());
    for (String service : List.of("router", "provider", "cost", "review")) {
      assertTrue(Files.size(out.resolve(service + "-service.tar")) > 1_000_000, service);
    }
    Ended good = verify(out, signers);
    assertEquals(0, good.status(), good.said());

    Path extra = Files.writeString(out.resolve("extra.jar"), "not ours");
    Ended more = verify(out, signers);
    assertNotEquals(0, more.status());
    assertTrue(more.said().contains("extra.jar"), more.said());
    Files.delete(extra);

    Files.writeString(out.resolve("chart.tar"), "x", StandardOpenOption.APPEND);
    Ended changed = verify(out, signers);
    assertNotEquals(0, changed.status());
    assertTrue(changed.said().contains("chart.tar"), changed.said());

    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key + "2");
    Path others =
        Files.writeString(
            folder.resolve("others"), "releases " + Files.readString(folder.resolve("key2.pub")));
    assertNotEquals(0, verify(out, others).status(), "signed by somebody else");
  }

  private Ended verify(Path out, Path signers) throws Exception {
    return run(RELEASE.toString(), "--verify", out.toString(), "--signers", signers.toString());
  }

  private static Ended run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }
}
