package dev.flotilla.judgement.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.judgement.finding.Severity;
import dev.flotilla.learning.BadData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewEvaluationTest {
  private static final String GOLDEN =
      """
      {"pr": "a/1", "repo": "a", "golden": [{"id": 0, "text": "x"}, {"id": 1, "text": "y"}]}
      {"pr": "b/1", "repo": "b", "golden": [{"id": 0, "text": "z"}]}
      """;
  private static final String LINE =
      """
      {"judge": "j", "pr": "%s", "repo": "%s", "tool": "%s", "text": "%s", "path": null, "line": null, "source": "x", "label": "%s", "golden": %s%s}
      """;

  @TempDir Path folder;

  /**
   * Of three issues t1 names one, which it says twice, and is wrong twice; t2 names all and is
   * never wrong. Together they say five things, of which three are right.
   */
  private void write(String t1Cost, String t2Cost) throws IOException {
    Files.writeString(folder.resolve("golden.jsonl"), GOLDEN);
    Files.writeString(
        folder.resolve("findings.jsonl"),
        line("a", "t1", "null pointer in the parser when input is empty", "tp", "[0]", t1Cost)
            + line("a", "t1", "rename that variable please", "fp", "[]", t1Cost)
            + line("a", "t1", "empty input: null pointer in the parser", "dup", "[]", t1Cost)
            + line("b", "t1", "spelling of a title", "fp", "[]", t1Cost)
            + line("a", "t2", "parser has null pointer when input is empty", "tp", "[0]", t2Cost)
            + line("a", "t2", "cache never invalidated after update", "tp", "[1]", t2Cost)
            + line("b", "t2", "mutex unlocked twice", "tp", "[0]", t2Cost));
  }

  private static String line(
      String repo, String tool, String text, String label, String golden, String cost) {
    return LINE.formatted(repo + "/1", repo, tool, text, label, golden, cost);
  }

  @Test
  void figures_are_what_a_hand_computes() throws Exception {
    write("", "");
    ReviewEvaluation evaluation = ReviewEvaluation.of(folder);
    assertEquals(List.of("j"), evaluation.judges());
    assertEquals(Set.of("a", "b"), Set.copyOf(evaluation.repositories()));
    assertEquals(2, evaluation.requests());
    assertEquals(3, evaluation.issues());
    assertEquals(Map.of("j", 7), evaluation.findings());

    Row t1 = row(evaluation.singles(), "t1");
    assertEquals(2.0 / 4, t1.mean().precision(), 1e-12);
    assertEquals(1.0 / 3, t1.mean().recall(), 1e-12);
    assertEquals(0.4, t1.mean().f1(), 1e-12);
    assertEquals(1.0 / 4, t1.mean().strictPrecision(), 1e-12);
    assertEquals(2.0 / 7, t1.mean().strictF1(), 1e-12, "what it says twice is noise");
    assertEquals(1, row(evaluation.singles(), "t2").mean().strictF1(), 1e-12);
    assertEquals("t2", evaluation.singles().getFirst().name());

    Row mean = row(evaluation.rows(), "mean single reviewer");
    assertEquals(0.7, mean.mean().f1(), 1e-12);
    assertEquals((2.0 / 7 + 1) / 2, mean.mean().strictF1(), 1e-12);
    assertEquals(1, row(evaluation.rows(), "best single reviewer (t2)").mean().f1(), 1e-12);

    Row union = row(evaluation.rows(), "union");
    assertEquals(3.0 / 5, union.mean().precision(), 1e-12, "a repeat is not shown");
    assertEquals(1, union.mean().recall(), 1e-12);
    assertEquals(0.75, union.mean().f1(), 1e-12);
    assertEquals(0.75, union.mean().strictF1(), 1e-12);
    assertEquals(union.mean(), union.byJudge().get("j"));
    assertTrue(union.f1().from() <= 0.75 && union.f1().to() >= 0.75, union::toString);
    assertTrue(union.beyondBest().to() <= 0, union::toString);

    Row majority = row(evaluation.rows(), "majority");
    assertEquals(1, majority.mean().precision(), 1e-12, "only the parser is said by both");
    assertEquals(1.0 / 3, majority.mean().recall(), 1e-12);
    assertNull(union.usdPerAccepted());
    for (Row row : evaluation.rows()) {
      assertTrue(row.mean().strictF1() <= row.mean().f1() + 1e-12, row::toString);
    }
    assertEquals(evaluation, ReviewEvaluation.of(folder), "the same again");
  }

  @Test
  void what_is_accepted_has_a_price_where_all_costs_are_known() throws Exception {
    write(", \"cost_usd\": 0.01", ", \"cost_usd\": 0.02");
    ReviewEvaluation evaluation = ReviewEvaluation.of(folder);
    Double t1 = row(evaluation.singles(), "t1").usdPerAccepted();
    assertNotNull(t1);
    assertEquals(0.02, t1, 1e-12, "four findings, two of them right");
    Double union = row(evaluation.rows(), "union").usdPerAccepted();
    assertNotNull(union);
    assertEquals(0.1 / 3, union, 1e-12);
    write("", ", \"cost_usd\": 0.02");
    assertNull(row(ReviewEvaluation.of(folder).rows(), "union").usdPerAccepted());
  }

  @Test
  void repeats_of_an_issue_are_noise_in_the_strict_figure_only() {
    var request =
        new PullRequest(
            "j",
            "p",
            "r",
            Set.of(0, 1),
            List.of(finding(true, 0), finding(true, 0), finding(false), finding(true)));
    Tally tally =
        Shown.tally(
            request,
            List.of(
                new Shown(1, 0, List.of(0)),
                new Shown(1, 1, List.of(1)),
                new Shown(1, 2, List.of(2)),
                new Shown(1, 3, List.of(3))),
            false);
    assertEquals(new Tally(4, 3, 1, 1, 2), tally);
    assertEquals(0.6, tally.f1(), 1e-12);
    assertEquals(1.0 / 3, tally.strictF1(), 1e-12);
    List<Shown> one = List.of(new Shown(1, 2, List.of(0, 2)));
    assertEquals(new Tally(1, 0, 0, 0, 2), Shown.tally(request, one, false));
    assertEquals(new Tally(1, 1, 1, 1, 2), Shown.tally(request, one, true));
  }

  @Test
  void a_fork_is_left_out_together_with_what_it_was_made_of() throws Exception {
    write("", "");
    Files.writeString(folder.resolve("golden.jsonl"), GOLDEN.replace("\"b\"", "\"a-fork\""));
    assertEquals(
        List.of("a"),
        Recorded.read(folder).requests().stream().map(PullRequest::origin).distinct().toList());
  }

  @Test
  void a_line_that_is_wrong_is_named_with_what_to_write() throws Exception {
    write("", "");
    refused(
        "must have whole numbers as 'id'",
        "golden.jsonl",
        GOLDEN.replace("\"id\": 1", "\"id\": 0"));
    refused("a second time", "golden.jsonl", GOLDEN.replace("b/1", "a/1"));
    String good = line("a", "t1", "text", "tp", "[0]", "");
    refused(
        "findings.jsonl:2: 'label' is \"good\"; write tp, fp or dup",
        "findings.jsonl",
        good + line("a", "t1", "text", "good", "[]", ""));
    refused(
        "findings.jsonl:1: 'pr' is \"c/1\", which golden.jsonl",
        "findings.jsonl",
        line("c", "t1", "text", "fp", "[]", ""));
    refused(
        "'golden' has 7, which is no issue",
        "findings.jsonl",
        line("a", "t1", "text", "tp", "[7]", ""));
    refused(
        "'label' is tp and 'golden' has 0 ids",
        "findings.jsonl",
        line("a", "t1", "text", "tp", "[]", ""));
    refused(
        "'text' must be a string",
        "findings.jsonl",
        line("a", "t1", "text", "fp", "[]", "").replace("\"text\": \"text\"", "\"text\": 7"));
    refused(
        "'label' is fp and 'golden' has 1 ids",
        "findings.jsonl",
        line("a", "t1", "text", "fp", "[0]", ""));
    refused(
        "'cost_usd' must be",
        "findings.jsonl",
        line("a", "t1", "text", "fp", "[]", ", \"cost_usd\": -1"));
    refused("findings.jsonl:1: is no JSON", "findings.jsonl", "{\n");
    refused("is empty", "findings.jsonl", "\n");
    Files.delete(folder.resolve("golden.jsonl"));
    refused("name a folder with golden.jsonl and findings.jsonl", "findings.jsonl", good);
  }

  private void refused(String why, String file, String content) throws IOException {
    String before = Files.readString(folder.resolve(file));
    Files.writeString(folder.resolve(file), content);
    String message =
        String.valueOf(assertThrows(BadData.class, () -> ReviewEvaluation.of(folder)).getMessage());
    assertTrue(message.contains(why), message);
    Files.writeString(folder.resolve(file), before);
  }

  private static Row row(List<Row> rows, String name) {
    return rows.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
  }

  private static RecordedFinding finding(boolean right, Integer... issues) {
    return new RecordedFinding(
        "t",
        new Finding(Severity.MAJOR, null, null, null, "c", "", null),
        right,
        Set.of(issues),
        null);
  }
}
