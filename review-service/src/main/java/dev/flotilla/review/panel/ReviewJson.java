package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.aggregation.Decision;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Ballot;
import dev.flotilla.review.reviewer.Finding;
import dev.flotilla.review.reviewer.Opinion;
import dev.flotilla.review.reviewer.Prompt;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Spending;
import dev.flotilla.review.reviewer.Verdict;
import dev.flotilla.review.verification.VerificationJson;
import dev.flotilla.review.verification.Verified;
import java.math.BigDecimal;
import java.util.List;

/** A review in the shape the API shows, without what the table has columns for. */
final class ReviewJson {
  private static final int NANOS_DECIMALS = 9;

  private ReviewJson() {}

  /** Nobody has answered yet. */
  static ObjectNode begun(ReviewRequest request, String requestId) {
    ObjectNode body = Json.object();
    body.putNull("decided_by");
    body.set("policy", policy(request.policy()));
    body.putArray("reviewers");
    body.putNull("aggregate");
    return withRest(body, request, requestId, List.of(), Spending.NONE);
  }

  static ObjectNode decided(
      ReviewRequest request,
      String requestId,
      List<Seat> seats,
      List<Verified> verified,
      Aggregate aggregate) {
    ObjectNode body = Json.object();
    switch (aggregate.decision()) {
      case Decision.Decided decided -> body.put("decided_by", "policy");
      case Decision.Escalated escalated -> body.putNull("decided_by");
    }
    body.set("policy", policy(request.policy()));
    ArrayNode reviewers = body.putArray("reviewers");
    seats.forEach(seat -> reviewers.add(seat(seat)));
    body.set("aggregate", aggregate(aggregate));
    return withRest(
        body,
        request,
        requestId,
        verified,
        seats.stream().map(Seat::spending).reduce(Spending.NONE, Spending::plus));
  }

  private static ObjectNode withRest(
      ObjectNode body,
      ReviewRequest request,
      String requestId,
      List<Verified> verified,
      Spending spending) {
    body.set("verification", VerificationJson.of(verified));
    body.putNull("human");
    body.put("rounds", 1);
    body.set("usage", cost(Json.object(), spending));
    ArrayNode authors = body.putArray("author_models");
    request.authors().forEach(authors::add);
    body.set("metadata", request.metadata());
    return body.put("request_id", requestId).putNull("run_id");
  }

  private static ObjectNode policy(Policy policy) {
    return Json.object()
        .put("name", policy.name())
        .put("version", policy.version())
        .put("prompt", Prompt.VERSION);
  }

  private static ObjectNode seat(Seat seat) {
    ObjectNode json = Json.object();
    json.put("id", seat.id()).put("model", seat.model()).put("family", seat.family());
    switch (seat.ballot()) {
      case Ballot.Voted(Opinion opinion) -> {
        json.put("verdict", opinion.verdict().word());
        json.put("score", opinion.score()).put("confidence", opinion.confidence());
        ArrayNode findings = json.putArray("findings");
        opinion.findings().forEach(finding -> findings.add(finding(finding)));
        json.putNull("error");
      }
      case Ballot.Abstained(String reason, String message) -> {
        json.putNull("verdict").putNull("score").putNull("confidence").putArray("findings");
        json.putObject("error").put("code", reason).put("message", message);
      }
    }
    ArrayNode before = json.putArray("stands_in_for");
    seat.standsInFor().forEach(before::add);
    return cost(json, seat.spending()).put("duration_ms", seat.duration().toMillis());
  }

  private static ObjectNode finding(Finding finding) {
    return Json.object()
        .put("severity", finding.severity().word())
        .put("criterion", finding.criterion())
        .put("file", finding.file())
        .put("line", finding.line())
        .put("claim", finding.claim())
        .put("evidence", finding.evidence())
        .put("suggestion", finding.suggestion());
  }

  private static ObjectNode aggregate(Aggregate aggregate) {
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
    ArrayNode dissent = json.putArray("dissent");
    aggregate.dissent().forEach(dissent::add);
    ArrayNode reasons = json.putArray("reasons");
    aggregate.reasons().forEach(reasons::add);
    return json;
  }

  private static ObjectNode cost(ObjectNode json, Spending spending) {
    return json.put(
            "cost", BigDecimal.valueOf(spending.nanos(), NANOS_DECIMALS).stripTrailingZeros())
        .put("cost_complete", spending.complete());
  }
}
