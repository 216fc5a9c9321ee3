package dev.flotilla.cost.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a bill strictly: a line that is not understood would look like a day without costs.
 *
 * @param apply whether differences are to be corrected
 */
record ImportReader(String provider, boolean apply, List<BilledDay> days) {
  private static final int MOST_DAYS = 10_000;

  static ImportReader of(byte[] body) {
    try {
      JsonNode bill = Json.parseObject(body);
      String provider = bill.path("provider").asText("");
      JsonNode lines = bill.path("days");
      if (provider.isBlank() || !lines.isArray() || lines.size() > MOST_DAYS) {
        throw wrong(
            "Write {\"provider\":\"openai\",\"days\":[{\"day\":\"2026-11-20\",\"model\":\"openai/gpt-5\","
                + "\"cost_nanos\":123}],\"apply\":false} with 1 to "
                + MOST_DAYS
                + " days.",
            provider.isBlank() ? "provider" : "days");
      }
      return new ImportReader(provider, bill.path("apply").asBoolean(false), days(lines));
    } catch (NotJson e) {
      throw wrong("The body is not JSON: " + e.getMessage(), null);
    }
  }

  private static List<BilledDay> days(JsonNode lines) {
    var days = new ArrayList<BilledDay>();
    var seen = new HashSet<String>();
    for (JsonNode line : lines) {
      String model = line.path("model").asText("");
      JsonNode cost = line.path("cost_nanos");
      if (model.isBlank() || !cost.canConvertToExactIntegral() || !cost.canConvertToLong()) {
        throw wrong(
            "days[" + days.size() + "] needs a model and a whole number as cost_nanos.", "days");
      }
      LocalDate day = day(line.path("day").asText(""), days.size());
      if (!seen.add(day + " " + model)) {
        throw wrong(
            "days[" + days.size() + "] says " + day + " of " + model + " again; add them up.",
            "days");
      }
      days.add(new BilledDay(day, model, cost.longValue()));
    }
    return List.copyOf(days);
  }

  private static LocalDate day(String text, int at) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw wrong(
          "days[" + at + "].day is '" + text + "'; write a day such as 2026-11-20.", "days");
    }
  }

  private static ProblemException wrong(String detail, @Nullable String param) {
    return new ProblemException(Problem.invalid("invalid_bill", detail, param));
  }
}
