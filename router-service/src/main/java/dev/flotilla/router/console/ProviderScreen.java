package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.console.api.Answer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which provider fails, why, and since when: the worst first. */
final class ProviderScreen implements Screen {
  private static final List<String> WORST_FIRST = List.of("open", "degraded", "up");

  /**
   * A provider.
   *
   * @param facts as the API has them
   * @param reasons why its answers came from elsewhere within an hour, the most frequent first
   * @param gauge how many of them, beside the limit
   */
  record Card(Map<String, Object> facts, List<Reason> reasons, Gauge gauge) {}

  /**
   * @param width as a share of the most frequent one, in percent
   */
  record Reason(String name, long count, double width) {}

  /**
   * @param recent of five minutes; null when nothing was asked
   * @param limit where the line is
   */
  record Gauge(@Nullable Double recent, @Nullable Double hour, double limit, boolean over) {}

  /** The gauge ends at so many times the limit. */
  private static final double SCALE = 4;

  private final Alerts alerts;

  ProviderScreen(Alerts alerts) {
    this.alerts = alerts;
  }

  @Override
  public Shown show(Asked asked) {
    if (!asked.path().isEmpty()) {
      return new Shown.Nothing();
    }
    Map<String, String> questions = Map.of("key", "/v1/key", "providers", "/v1/providers");
    Map<String, Answer> answers = asked.api().getAll(questions);
    Map<String, Object> facts = new LinkedHashMap<>();
    answers.forEach(
        (name, answer) -> facts.put(name, Facts.of(questions.getOrDefault(name, ""), answer)));
    JsonNode page = Facts.json(answers.get("providers"));
    var providers = new ArrayList<JsonNode>();
    page.path("data").forEach(providers::add);
    providers.sort(
        Comparator.comparing(
            (JsonNode one) -> Math.floorMod(WORST_FIRST.indexOf(one.path("status").asText()), 4)));
    facts.put("cards", providers.stream().map(ProviderScreen::card).toList());
    facts.put("fleet_gauge", gauge(page.path("fleet")));
    facts.put("alerts", alerts);
    facts.put("open", open(providers));
    return new Shown.Page("providers", facts);
  }

  /** Circuits that are open now. */
  private static long open(List<JsonNode> providers) {
    long open = 0;
    for (JsonNode provider : providers) {
      for (JsonNode circuit : provider.path("circuits")) {
        open += circuit.path("state").asText().equals("open") ? 1 : 0;
      }
    }
    return open;
  }

  private static Card card(JsonNode provider) {
    return new Card(Facts.members(provider), reasons(provider), gauge(provider));
  }

  private static List<Reason> reasons(JsonNode provider) {
    JsonNode counts = provider.path("fallback_reasons");
    long most = 1;
    for (JsonNode count : counts) {
      most = Math.max(most, count.asLong());
    }
    double whole = most;
    return counts.properties().stream()
        .sorted(Comparator.comparing(one -> -one.getValue().asLong()))
        .map(
            one ->
                new Reason(
                    one.getKey(), one.getValue().asLong(), one.getValue().asLong() / whole * 100))
        .toList();
  }

  private static Gauge gauge(JsonNode facts) {
    double limit = facts.path("threshold").asDouble();
    Double recent = place(facts.path("fallback_rate_5m"), limit);
    Double hour = place(facts.path("fallback_rate_1h"), limit);
    boolean over =
        facts.path("fallback_rate_5m").decimalValue().compareTo(BigDecimal.valueOf(limit)) > 0;
    return new Gauge(recent, hour, 100 / SCALE, over);
  }

  private static @Nullable Double place(JsonNode rate, double limit) {
    return rate.isNumber() && limit > 0
        ? (Double) Math.min(100, rate.asDouble() / (limit * SCALE) * 100)
        : null;
  }
}
