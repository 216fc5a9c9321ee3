package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  @Test
  void a_fleet_keeps_its_secrets_over_restarts_and_shares_them_with_no_other(
      @TempDir Path here, @TempDir Path there) {
    var first = Secrets.keptIn(StateDirectory.create(here));
    assertEquals(first, Secrets.keptIn(StateDirectory.create(here)));
    assertNotEquals(first, Secrets.keptIn(StateDirectory.create(there)));
    assertNotEquals(first.serviceToken(), first.cacheSecret());
  }

  @Test
  void nobody_else_on_the_machine_can_read_them(@TempDir Path directory) throws IOException {
    var state = StateDirectory.create(directory);
    Secrets.keptIn(state);
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(state.run("service-token"))));
  }
}
