package dev.flotilla.review.aggregation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.judgement.Check;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Risk;
import dev.flotilla.review.reviewer.Ballot;
import dev.flotilla.review.reviewer.OpinionJson;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Spending;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A decision of a policy, made again from its record.
 *
 * @param outcome the verdict, or {@code escalate}
 * @param aggregate what the policy makes of the record now, as JSON
 * @param recorded what it made of it then
 */
public record Replay(String outcome, String aggregate, String recorded) {
  /**
   * Decides again.
   *
   * @param policy name of the policy
   * @param content of the policy's version that is in the record
   * @param record as it was written down when the policy decided
   * @throws NotJson when the record is none
   */
  public static Replay of(String policy, String content, String record) throws NotJson {
    JsonNode written = Json.parse(record);
    var seats = new ArrayList<Seat>();
    written.path("reviewers").forEach(reviewer -> seats.add(seat(reviewer)));
    var checks = new ArrayList<Check>();
    written.path("verification").forEach(check -> checks.add(check(check)));
    Risk risk = Risk.of(written.path("risk").asText()).orElse(Risk.LOW);
    Aggregate aggregate = Aggregation.of(Policies.of(policy, content), seats, checks, risk);
    return new Replay(
        aggregate.decision().word(),
        Json.text(AggregateJson.of(aggregate)),
        Json.text(written.path("aggregate")));
  }

  /** Whether it is what was written down, byte for byte. */
  public boolean same() {
    return aggregate.equals(recorded);
  }

  private static Seat seat(JsonNode reviewer) {
    JsonNode error = reviewer.path("error");
    Ballot ballot =
        reviewer.path("verdict").isTextual()
            ? new Ballot.Voted(OpinionJson.read(reviewer))
            : new Ballot.Abstained(error.path("code").asText(), error.path("message").asText());
    return new Seat(
        reviewer.path("id").asText(),
        reviewer.path("model").asText(),
        reviewer.path("family").asText(),
        List.of(),
        ballot,
        Spending.NONE,
        Duration.ZERO);
  }

  private static Check check(JsonNode written) {
    return new Check(
        written.path("name").asText(),
        written.path("passed").asBoolean(),
        written.path("detail").asText());
  }
}
