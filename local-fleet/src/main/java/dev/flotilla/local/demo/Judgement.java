package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a review ended.
 *
 * @param decision empty when a person must decide
 * @param votes how many reviewers said what, abstentions included
 * @param families of the reviewers that sat in the panel
 * @param cost USD, of all reviewers
 * @param billed the same, added up from the reviewers
 */
record Judgement(
    String id,
    String status,
    String policy,
    String decision,
    Map<String, Long> votes,
    List<String> families,
    BigDecimal cost,
    BigDecimal billed) {

  static Judgement of(JsonNode body) {
    var votes = new LinkedHashMap<String, Long>();
    body.path("aggregate")
        .path("votes")
        .properties()
        .forEach(vote -> votes.put(vote.getKey(), vote.getValue().asLong()));
    var families = new ArrayList<String>();
    var billed = BigDecimal.ZERO;
    for (var reviewer : body.path("reviewers")) {
      families.add(reviewer.path("family").asText());
      billed = billed.add(reviewer.path("cost").decimalValue());
    }
    return new Judgement(
        body.path("id").asText(),
        body.path("status").asText(),
        body.path("policy").path("name").asText(),
        body.path("decision").asText(""),
        votes,
        List.copyOf(families),
        body.path("usage").path("cost").decimalValue(),
        billed);
  }

  /** Three that share no family voted, and their bills are the review's. */
  boolean holds() {
    return (status.equals("decided") || status.equals("needs_human"))
        && families.stream().distinct().count() == 3
        && votes.values().stream().mapToLong(Long::longValue).sum() == families.size()
        && cost.compareTo(billed) == 0;
  }

  String outcome() {
    return decision.isEmpty() || decision.equals("null") ? status : decision;
  }

  /** Those nobody gave are left out. */
  String votesShown() {
    return votes.entrySet().stream()
        .filter(vote -> vote.getValue() > 0)
        .map(vote -> vote.getValue() + " " + vote.getKey())
        .collect(Collectors.joining(", "));
  }
}
