package dev.flotilla.router.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.hash.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  @TempDir Path folder;
  private Path file;
  private ApiKeys keys;
  private KeyFile watched;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("keys.yaml");
    Files.writeString(file, entry("k_1", "sk-one"));
    keys = ApiKeys.read(file, InstantSource.system());
    watched = new KeyFile(file, keys);
    watched.look();
  }

  @Test
  void what_is_written_holds_without_a_restart() throws IOException {
    Files.writeString(file, entry("k_1", "sk-new") + entry("k_2", "sk-two"));
    watched.look();
    assertTrue(keys.whoHas("sk-one").isEmpty());
    assertEquals("k_1", keys.whoHas("sk-new").orElseThrow().caller().key());
    assertEquals("k_2", keys.whoHas("sk-two").orElseThrow().caller().key());
  }

  @Test
  void a_broken_file_changes_nothing_and_says_so_until_it_is_repaired() throws IOException {
    Files.writeString(file, "- {id: k_1, team: growth}\n");
    watched.look();
    assertTrue(watched.stale());
    watched.look();
    assertTrue(watched.stale(), "still");
    assertTrue(keys.whoHas("sk-one").isPresent());
    Files.delete(file);
    watched.look();
    assertTrue(watched.stale());
    assertTrue(keys.whoHas("sk-one").isPresent());
    Files.writeString(file, entry("k_1", "sk-two"));
    watched.look();
    assertFalse(watched.stale());
    assertTrue(keys.whoHas("sk-one").isEmpty());
  }

  private static String entry(String id, String key) {
    return "- {id: %s, sha256: %s, team: growth}\n".formatted(id, Sha256.hex(key));
  }
}
