package dev.flotilla.review.reviewer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.judgement.finding.Severity;
import dev.flotilla.kit.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opinions as reviewers answer them and as they are kept, in the same words. */
public final class OpinionJson {
  private OpinionJson() {}

  /** Reads what fits the schema of answers; other fields are not looked at. */
  public static Opinion read(JsonNode written) {
    var findings = new ArrayList<Finding>();
    written.path("findings").forEach(each -> findings.add(finding(each)));
    return new Opinion(
        Verdict.of(written.path("verdict").asText()),
        written.path("score").decimalValue(),
        written.path("confidence").decimalValue(),
        findings);
  }

  /** An opinion as it is kept. */
  public static ObjectNode of(Opinion opinion) {
    ObjectNode json = Json.object().put("verdict", opinion.verdict().word());
    json.put("score", opinion.score()).put("confidence", opinion.confidence());
    json.set("findings", findings(opinion.findings()));
    return json;
  }

  /** Findings as they are kept and shown. */
  public static ArrayNode findings(List<Finding> findings) {
    ArrayNode array = Json.object().putArray("findings");
    findings.forEach(finding -> array.add(finding(finding)));
    return array;
  }

  /** A finding as it is kept and shown. */
  public static ObjectNode finding(Finding finding) {
    return Json.object()
        .put("severity", finding.severity().word())
        .put("criterion", finding.criterion())
        .put("file", finding.file())
        .put("line", finding.line())
        .put("claim", finding.claim())
        .put("evidence", finding.evidence())
        .put("suggestion", finding.suggestion());
  }

  private static Finding finding(JsonNode written) {
    return new Finding(
        Severity.of(written.path("severity").asText()),
        textOrNull(written.path("criterion")),
        textOrNull(written.path("file")),
        written.path("line").isInt() ? written.path("line").intValue() : null,
        written.path("claim").asText(),
        written.path("evidence").asText(),
        textOrNull(written.path("suggestion")));
  }

  private static @Nullable String textOrNull(JsonNode value) {
    return value.isTextual() ? value.textValue() : null;
  }
}
