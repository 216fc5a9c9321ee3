package dev.flotilla.review.aggregation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.judgement.Check;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.reviewer.OpinionJson;
import dev.flotilla.review.reviewer.Verdict;
import java.util.List;

/** What a policy made of a panel, as it is kept and shown. */
public final class AggregateJson {
  private AggregateJson() {}

  /** All but the checks. */
  public static ObjectNode of(Aggregate aggregate) {
    ObjectNode json = Json.object();
    ObjectNode votes = json.putObject("votes");
    for (Verdict verdict : Verdict.values()) {
      votes.put(verdict.word(), aggregate.votes().get(verdict));
    }
    votes.put("abstained", aggregate.abstained());
    json.put("score", aggregate.score()).put("agreement", aggregate.agreement());
    if (aggregate.decision() instanceof Decision.Escalated(Verdict proposal)) {
      json.put("proposal", proposal == null ? null : proposal.word());
    }
    ArrayNode findings = json.putArray("findings");
    aggregate.findings().forEach(finding -> findings.add(finding(finding)));
    ArrayNode dissent = json.putArray("dissent");
    aggregate.dissent().forEach(each -> dissent.add(dissent(each)));
    words(aggregate.reasons(), json.putArray("reasons"));
    return json;
  }

  /** What was checked, in the order in which it was. */
  public static ArrayNode checks(List<Check> checks) {
    ArrayNode array = Json.object().putArray("verification");
    for (Check check : checks) {
      array
          .addObject()
          .put("name", check.name())
          .put("passed", check.passed())
          .put("detail", check.detail());
    }
    return array;
  }

  private static ObjectNode finding(MergedFinding finding) {
    ObjectNode json = OpinionJson.finding(finding.cluster().shown());
    words(finding.cluster().saidBy(), json.putArray("said_by"));
    words(finding.notSaidBy(), json.putArray("not_said_by"));
    return json.put("confidence", finding.confidence());
  }

  private static ObjectNode dissent(Dissent dissent) {
    ObjectNode json =
        Json.object().put("reviewer", dissent.reviewer()).put("verdict", dissent.verdict().word());
    json.set("findings", OpinionJson.findings(dissent.findings()));
    return json;
  }

  private static void words(List<String> words, ArrayNode array) {
    words.forEach(array::add);
  }
}
