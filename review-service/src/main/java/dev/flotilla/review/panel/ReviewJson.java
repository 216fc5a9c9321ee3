package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.aggregation.AggregateJson;
import dev.flotilla.review.aggregation.Decision;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Ballot;
import dev.flotilla.review.reviewer.Opinion;
import dev.flotilla.review.reviewer.OpinionJson;
import dev.flotilla.review.reviewer.Prompt;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Spending;
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
    body.put("risk", request.risk().word());
    body.putArray("verification");
    return withRest(body, request, requestId, Spending.NONE, 1);
  }

  static ObjectNode decided(Sitting sitting, List<Seat> seats, Aggregate aggregate) {
    ReviewRequest request = sitting.request();
    ObjectNode body = Json.object();
    switch (aggregate.decision()) {
      case Decision.Decided decided -> body.put("decided_by", "policy");
      case Decision.Escalated escalated -> body.putNull("decided_by");
    }
    body.set("policy", policy(request.policy()));
    said(body, seats, aggregate);
    body.put("risk", request.risk().word());
    withRest(
        body,
        request,
        sitting.errand().requestId(),
        seats.stream().map(Seat::spending).reduce(sitting.spent(), Spending::plus),
        sitting.round());
    ArrayNode earlier = body.putArray("earlier_rounds");
    sitting.earlier().forEach(earlier::add);
    return body;
  }

  /** A round that was not the last. */
  static ObjectNode round(int number, List<Seat> seats, Aggregate aggregate) {
    ObjectNode body = Json.object().put("round", number);
    body.put("decision", aggregate.decision().word());
    said(body, seats, aggregate);
    return body;
  }

  private static void said(ObjectNode body, List<Seat> seats, Aggregate aggregate) {
    ArrayNode reviewers = body.putArray("reviewers");
    seats.forEach(seat -> reviewers.add(seat(seat)));
    body.set("aggregate", AggregateJson.of(aggregate));
    body.set("verification", AggregateJson.checks(aggregate.checks()));
  }

  private static ObjectNode withRest(
      ObjectNode body, ReviewRequest request, String requestId, Spending spending, int rounds) {
    body.putNull("human");
    body.put("rounds", rounds);
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
        json.set("findings", OpinionJson.findings(opinion.findings()));
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

  private static ObjectNode cost(ObjectNode json, Spending spending) {
    return json.put(
            "cost", BigDecimal.valueOf(spending.nanos(), NANOS_DECIMALS).stripTrailingZeros())
        .put("cost_complete", spending.complete());
  }
}
