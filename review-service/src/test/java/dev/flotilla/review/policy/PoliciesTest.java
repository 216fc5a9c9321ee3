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
  void what_a_policy_may_say_is_read_and_nothing_else() throws IOException {
    Policy policy =
        read(
            """
            panel: {size: 3}
            agree: 2
            rule: weighted
            veto: {blockers: 3, then: request_changes}
            weights: {usual: {vote: 0.6}, reviewers: {a/b: {blocker: 0.9}}}
            thresholds: {merge: 0.3, enough: 0.9, lead: 0}
            rounds: {max_rounds: 3, panel: fresh}
            """);
    assertEquals(new Rule.Weighted(0.9, 0), policy.rule());
    assertEquals(new Veto(3, Veto.Then.REQUEST_CHANGES), policy.veto());
    assertEquals(new Trust(0.6, 0.9, 0.35, 0.25), policy.weights().of("a/b"));
    assertEquals(new Trust(0.6, 0.5, 0.35, 0.25), policy.weights().of("c/d"));
    assertEquals(0.3, policy.mergeAt());
    assertEquals(new Rounds(3, Rounds.Panel.FRESH), policy.rounds());
    String start = "panel: {size: 3}\nagree: 2\n";
    assertTrue(refusal(start + "rule: loudest\n").contains("write votes, weighted or report"));
    assertTrue(
        refusal(start + "veto: {blockers: 1}\n")
            .contains("one sees alone always goes to a person"));
    assertTrue(refusal(start + "veto: {then: drop}\n").contains("'drop'; write escalate or"));
    assertTrue(
        refusal(start + "rule: weighted\nweights: {usual: {vote: 1}}\n")
            .contains("weights.usual.vote is 1.0; write a number from 0 and below 1"));
    assertTrue(refusal(start + "thresholds: {merge: 0}\n").contains("thresholds.merge is 0.0"));
    assertTrue(refusal(start + "thresholds: {lead: 0.1}\n").contains("are for rule: weighted"));
    assertTrue(refusal(start + "rounds: {max_rounds: 0}\n").contains("from 1 to 10"));
    assertTrue(refusal(start + "rounds: {panel: other}\n").contains("write same or fresh"));
    assertTrue(refusal("panel: {size: 3}\n").contains("agree is 0"));
    assertTrue(refusal("panel: {size: 3}\nagree: 2.5\n").contains("2.5"));
    assertTrue(refusal(start + "rule: report\n").contains("leave agree out"));
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
