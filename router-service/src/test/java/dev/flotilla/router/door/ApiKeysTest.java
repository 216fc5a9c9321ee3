package dev.flotilla.router.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {
  @TempDir Path folder;

  @Test
  void a_key_is_known_by_its_hash_until_it_expires() throws Exception {
    String entry =
        "- {id: k_1, sha256: %s, team: growth, expires: 2026-12-01T00:00:00Z}\n"
            .formatted(sha256("sk-test"));
    assertEquals(
        "growth",
        keys(entry, "2026-11-30T23:59:59Z").whoHas("sk-test").orElseThrow().caller().team());
    assertTrue(keys(entry, "2026-12-01T00:00:00Z").whoHas("sk-test").isEmpty());
    assertTrue(keys(entry, "2026-11-30T00:00:00Z").whoHas("sk-tesT").isEmpty());
  }

  @Test
  void a_file_that_cannot_be_right_is_refused_with_entry_and_remedy() throws Exception {
    String hash = sha256("x");
    refuses("- {id: k_1, sha256: 12, team: t}\n", "k_1", "sha256sum");
    refuses("- {id: k_1, team: t}\n", "k_1", "sha256");
    refuses("- {id: k_1, sha256: " + hash + ", team: t, roles: [king]}\n", "king");
    refuses("- {id: k_1, sha256: " + hash + ", team: t, key: sk-secret}\n", "key");
    refuses(
        "- {id: k_1, sha256: " + hash + ", team: t}\n- {id: k_2, sha256: " + hash + ", team: t}\n",
        "k_2",
        "twice");
    refuses("- {id: k_1, sha256: " + hash + ", team: t, expires: soon}\n", "soon", "2027-01-31");
    refuses("- {id: k_1, sha256: " + hash + ", team: t, rpm: 0}\n", "rpm is 0", "leave it out");
    refuses("- {id: k_1, sha256: " + hash + ", team: t, tpm: -5}\n", "tpm is -5", "tokens");
    refuses("- {id: k_1, sha256: " + hash + ", team: t, only_project: true}\n", "needs a project");
  }

  private void refuses(String content, String... parts) throws IOException {
    var e = assertThrows(ConfigurationException.class, () -> keys(content, "2026-11-21T00:00:00Z"));
    for (String part : parts) {
      assertTrue(
          String.valueOf(e.getMessage()).contains(part),
          () -> part + " is not in: " + e.getMessage());
    }
  }

  private ApiKeys keys(String content, String now) throws IOException {
    Path file = Files.writeString(folder.resolve("keys.yaml"), content);
    return ApiKeys.read(file, InstantSource.fixed(Instant.parse(now)));
  }

  private static String sha256(String key) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
  }
}
