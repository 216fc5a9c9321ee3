package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.console.api.Answer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Is it healthy, what does today cost, and what needs somebody's attention. */
final class Overview implements Screen {
  private static final int HOURS = 24;
  private static final BigDecimal ALERT_AT = new BigDecimal("0.8");

  /** Something to look at. */
  record Attention(String level, String text, String link) {}

  @Override
  public Shown show(Asked asked) {
    Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
    String day = hour.minus(HOURS - 1, ChronoUnit.HOURS).toString();
    LocalDate month = LocalDate.now(ZoneOffset.UTC).withDayOfMonth(1);
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put("key", "/v1/key");
    questions.put("summary", "/v1/costs/summary?period=month");
    questions.put("savings", "/v1/costs/savings?from=" + month);
    questions.put("hours", "/v1/costs?bucket=1h&limit=" + HOURS + "&from=" + day);
    questions.put("budgets", "/v1/budgets");
    questions.put("providers", "/v1/providers");
    questions.put("decisions", "/v1/decisions?status=waiting&limit=20");
    questions.put("runs", "/v1/runs?limit=6");
    questions.put("failed", "/v1/runs?status=failed&limit=20&since=" + day);
    Map<String, Answer> answers = asked.api().getAll(questions);
    Map<String, Object> facts = new LinkedHashMap<>();
    answers.forEach(
        (name, answer) -> facts.put(name, Facts.of(questions.getOrDefault(name, ""), answer)));
    JsonNode buckets = Facts.json(answers.get("hours")).path("data");
    facts.put("traffic", Traffic.of(buckets));
    facts.put("bars", Bars.ofRequests(buckets));
    facts.put("slowest", slowest(Facts.json(answers.get("providers")).path("data")));
    facts.put("attention", attention(answers));
    return new Shown.Page("overview", facts);
  }

  private static List<Attention> attention(Map<String, Answer> answers) {
    var found = new ArrayList<Attention>();
    for (JsonNode provider : Facts.json(answers.get("providers")).path("data")) {
      String status = provider.path("status").asText();
      if (status.equals("open") || status.equals("degraded")) {
        found.add(
            new Attention(
                status.equals("open") ? "bad" : "warn",
                provider.path("id").asText() + " is " + status,
                "/console/providers"));
      }
    }
    int waiting = Facts.json(answers.get("decisions")).path("data").size();
    if (waiting > 0) {
      found.add(
          new Attention(
              "warn",
              waiting == 1 ? "1 review waits for a person" : waiting + " reviews wait for a person",
              "/console/reviews"));
    }
    for (JsonNode budget : Facts.json(answers.get("budgets")).path("data")) {
      BigDecimal used = used(budget);
      if (used != null && used.compareTo(ALERT_AT) >= 0) {
        found.add(
            new Attention(
                used.compareTo(BigDecimal.ONE) >= 0 ? "bad" : "warn",
                "Budget " + budget.path("id").asText() + " is used to " + Words.percent(used),
                "/console/costs"));
      }
    }
    int failed = Facts.json(answers.get("failed")).path("data").size();
    if (failed > 0) {
      found.add(
          new Attention(
              "warn",
              failed == 1 ? "1 run failed within a day" : failed + " runs failed within a day",
              "/console/runs?status=failed"));
    }
    return found;
  }

  /** The provider whose slow answers took longest within an hour; empty when none was asked. */
  private static Map<String, Object> slowest(JsonNode providers) {
    Map<String, Object> slowest = Map.of();
    BigDecimal most = BigDecimal.valueOf(-1);
    for (JsonNode provider : providers) {
      JsonNode p95 = provider.path("latency_ms").path("p95");
      if (p95.isNumber() && p95.decimalValue().compareTo(most) > 0) {
        most = p95.decimalValue();
        slowest = Map.of("id", provider.path("id").asText(), "p95", most);
      }
    }
    return slowest;
  }

  /** How much of a budget is used, as a share; null when nothing may be spent at all. */
  private static @Nullable BigDecimal used(JsonNode budget) {
    BigDecimal limit = budget.path("limit_usd").decimalValue();
    return limit.signum() == 0
        ? null
        : budget.path("spent_usd").decimalValue().divide(limit, 4, RoundingMode.HALF_UP);
  }
}
