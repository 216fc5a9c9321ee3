package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.reviewer.Ballot;
import dev.flotilla.review.reviewer.Opinion;
import dev.flotilla.review.reviewer.OpinionJson;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Spending;
import java.time.Duration;
import java.util.ArrayList;

/** A filled seat as it is written down while the others are still asked. */
final class SeatRecord {
  private static final String OPINION = "opinion";

  private SeatRecord() {}

  static ObjectNode of(Seat seat) {
    ObjectNode json = Json.object();
    json.put("id", seat.id()).put("model", seat.model()).put("family", seat.family());
    var failed = json.putArray("stands_in_for");
    seat.standsInFor().forEach(failed::add);
    switch (seat.ballot()) {
      case Ballot.Voted(Opinion opinion) -> json.set(OPINION, OpinionJson.of(opinion));
      case Ballot.Abstained(String reason, String message) ->
          json.put("reason", reason).put("message", message);
    }
    json.put("nanos", seat.spending().nanos()).put("complete", seat.spending().complete());
    return json.put("duration_ns", seat.duration().toNanos());
  }

  static Seat read(JsonNode json) {
    var failed = new ArrayList<String>();
    json.path("stands_in_for").forEach(each -> failed.add(each.asText()));
    Ballot ballot =
        json.has(OPINION)
            ? new Ballot.Voted(OpinionJson.read(json.path(OPINION)))
            : new Ballot.Abstained(json.path("reason").asText(), json.path("message").asText());
    return new Seat(
        json.path("id").asText(),
        json.path("model").asText(),
        json.path("family").asText(),
        failed,
        ballot,
        new Spending(json.path("nanos").asLong(), json.path("complete").asBoolean()),
        Duration.ofNanos(json.path("duration_ns").asLong()));
  }
}
