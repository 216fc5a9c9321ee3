package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the attempts that provider-service reports beside an answer. */
final class AttemptReports {
  private AttemptReports() {}

  /**
   * The reports in a header; none when it is absent or garbage, because an answer is worth more
   * than its footnote.
   */
  static List<AttemptReport> of(@Nullable String header) {
    try {
      return header == null ? List.of() : parse(header);
    } catch (NotJson e) {
      return List.of();
    }
  }

  static List<AttemptReport> parse(String json) throws NotJson {
    var reports = new ArrayList<AttemptReport>();
    for (JsonNode one : Json.parse(json)) {
      JsonNode status = one.path("status");
      JsonNode cost = one.path("cost_nanos");
      JsonNode ceiling = one.path("ceiling_nanos");
      reports.add(
          new AttemptReport(
              one.path("attempt_id").asText(),
              one.path("model").asText(),
              one.path("outcome").asText(Outcomes.SERVER_ERROR),
              status.isInt() ? status.intValue() : null,
              one.path("ms").asLong(),
              cost.isIntegralNumber() ? cost.longValue() : null,
              ceiling.isIntegralNumber() ? ceiling.longValue() : null));
    }
    return reports;
  }
}
