package dev.flotilla.review.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoliciesTest {
  @TempDir Path folder;

  @Test
  void a_policy_is_named_by_its_file_and_versioned_by_its_content() throws IOException {
    Policy before = read("panel: {size: 3}\nagree: 2\n");
    assertEquals("mine", before.name());
    assertEquals(Independence.FAMILY, before.independence());
    assertEquals(before.version(), read("panel: {size: 3}\nagree: 2\n").version());
    assertNotEquals(before.version(), read("panel: {size: 3}\nagree: 3\n").version());
  }

  @Test
  void a_wrong_policy_says_what_to_write() {
    assertTrue(
        refusal("panel: {size: 4}\nagree: 2\n")
            .contains("write more than half of panel.size, which is 4"));
    assertTrue(refusal("panel: {size: 3}\nagree: 4\n").contains("at most all of it"));
    assertTrue(refusal("agree: 2\n").contains("panel.size is missing"));
    assertTrue(
        refusal("panel: {size: 3, independence: vendor}\nagree: 2\n")
            .contains("'vendor'; write model, family or provider"));
    assertTrue(refusal("panel: {size: 3}\nagree: 2\nvetos: 1\n").contains("vetos"));
  }

  @Test
  void a_policy_says_who_decides_what_its_panel_cannot() throws IOException {
    assertEquals(
        Policy.Escalating.USUAL,
        read("panel: {size: 3}\nagree: 2\n").people(),
        "when it says nothing");
    assertEquals(
        new Policy.Escalating("legal", Duration.ofHours(8), "request_changes"),
        read("panel: {size: 3}\nagree: 2\npeople: {queue: legal, within: PT8H, on_timeout: request_changes}\n")
            .people());
    assertTrue(
        refusal("panel: {size: 3}\nagree: 2\npeople: {on_timeout: wait}\n")
            .contains("'wait'; write approve, request_changes or reject"));
    assertTrue(
        refusal("panel: {size: 3}\nagree: 2\npeople: {within: 3d}\n").contains("such as P3D"));
    assertTrue(
        refusal("panel: {size: 3}\nagree: 2\npeople: {queue: a/b}\n").contains("such as reviews"));
  }

  @Test
  void an_installation_without_the_folder_has_no_policies() {
    assertTrue(Policies.read(folder.resolve("absent")).all().isEmpty());
  }

  private Policy read(String content) throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), content);
    return Policies.read(folder).named("mine").orElseThrow();
  }

  private String refusal(String content) {
    return String.valueOf(
        assertThrows(ConfigurationException.class, () -> read(content)).getMessage());
  }
}
