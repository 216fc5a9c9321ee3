package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.console.api.Answer;
import dev.flotilla.router.console.api.FleetApi;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was spent on what, what was saved and what that means, and files of it. */
final class CostScreen implements Screen {
  private static final List<String> GROUPS =
      List.of("model", "task_type", "team", "pipeline", "step", "provider", "project", "key");
  private static final List<String> RANGES = List.of("24h", "7d", "30d", "month");
  private static final List<String> FORMATS = List.of("focus-csv", "focus-parquet", "csv", "jsonl");
  private static final int MOST_BUCKETS = 31;

  /** What a file says of itself. */
  private static final List<String> TOLD =
      List.of("content-type", "content-disposition", "x-focus-version");

  @Override
  public Shown show(Asked asked) {
    if (asked.path().isEmpty()) {
      return page(asked);
    }
    return asked.path().equals(List.of("export")) ? export(asked) : new Shown.Nothing();
  }

  private static Shown page(Asked asked) {
    String range = one(asked.query("range", "7d"), RANGES);
    String group = one(asked.query("by", "model"), GROUPS);
    String currency = asked.currency().isKnown() ? asked.currency().name() : "";
    String from = from(range);
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put("key", "/v1/key");
    questions.put(
        "costs",
        "/v1/costs?from=%s&bucket=%s&limit=%d&group_by=%s%s"
            .formatted(
                from,
                range.equals("24h") ? "1h" : "1d",
                MOST_BUCKETS,
                group,
                currency.isEmpty() ? "" : "&currency=" + Asked.encoded(currency)));
    questions.put("savings", "/v1/costs/savings?from=" + from);
    questions.put("budgets", "/v1/budgets");
    Map<String, Answer> answers = asked.api().getAll(questions);
    Map<String, Object> facts = new LinkedHashMap<>();
    answers.forEach(
        (name, answer) -> facts.put(name, Facts.of(questions.getOrDefault(name, ""), answer)));
    JsonNode buckets = Facts.json(answers.get("costs")).path("data");
    facts.put("bars", Bars.ofCosts(buckets));
    facts.put("sums", Sums.of(buckets));
    facts.put("ranges", RANGES);
    facts.put("range", range);
    facts.put("groups", GROUPS);
    facts.put("by", group);
    facts.put("from", from);
    facts.put("formats", FORMATS);
    return new Shown.Page("costs", facts);
  }

  private static Shown export(Asked asked) {
    String format = one(asked.query("format", "focus-csv"), FORMATS);
    String path =
        "/v1/costs/export?format="
            + format
            + "&from="
            + Asked.encoded(from(asked.query("range", "7d")));
    FleetApi api = asked.api();
    return new Shown.Passed(
        last -> {
          HttpResponse<InputStream> file = api.open(path, Map.of());
          Map<String, String> headers = new LinkedHashMap<>();
          TOLD.forEach(
              name -> file.headers().firstValue(name).ifPresent(value -> headers.put(name, value)));
          return new Shown.Opened(file.body(), headers);
        });
  }

  /** The first moment of a range, UTC. */
  private static String from(String range) {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    return switch (range) {
      case "24h" ->
          Instant.now().truncatedTo(ChronoUnit.HOURS).minus(23, ChronoUnit.HOURS).toString();
      case "30d" -> today.minusDays(29).toString();
      case "month" -> today.withDayOfMonth(1).toString();
      default -> today.minusDays(6).toString();
    };
  }

  private static String one(String word, List<String> of) {
    return of.contains(word) ? word : of.getFirst();
  }
}
