package dev.flotilla.router.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.upstream.ProviderReplicas.Said;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the ledger says of providers and what each instance of provider-service does.
 *
 * @param said what instances said
 * @param ledger the ledger's figures; empty when cost-service does not answer
 * @param threshold share of fallbacks above which a provider is degraded, 0 to 1
 * @param now what durations are counted back from
 */
record ProviderReport(Said said, Optional<ObjectNode> ledger, double threshold, Instant now) {
  private static final List<String> STATES = List.of("closed", "half_open", "open");

  /** One model's circuit, by how many instances see it in which state. */
  private static final class ModelCircuit {
    private final Map<String, Integer> replicas = new LinkedHashMap<>();
    private long notClosedForMillis = -1;
    private long retryAfterMillis = -1;
    private boolean gone;
    private double failureRate;
    private @Nullable Long requestsLeft;
    private @Nullable Long tokensLeft;
    private final List<Long> firstChunks = new ArrayList<>();

    private ModelCircuit() {
      STATES.forEach(state -> replicas.put(state, 0));
    }

    private void add(JsonNode circuit) {
      replicas.merge(circuit.path("state").asText(), 1, Integer::sum);
      notClosedForMillis =
          Math.max(notClosedForMillis, circuit.path("not_closed_for_ms").asLong(-1));
      retryAfterMillis = Math.max(retryAfterMillis, circuit.path("retry_after_ms").asLong(-1));
      gone |= circuit.path("gone").asBoolean();
      failureRate = Math.max(failureRate, circuit.path("failure_rate").asDouble());
      JsonNode left = circuit.path("left");
      boolean announced = left.path("announced").asBoolean();
      requestsLeft = together(requestsLeft, left.path("requests"), announced);
      tokensLeft = together(tokensLeft, left.path("tokens"), announced);
      circuit.path("first_chunks_ms").forEach(millis -> firstChunks.add(millis.asLong()));
    }

    /**
     * What a provider announces is said of all instances; a share of the catalogue is one's own.
     */
    private static @Nullable Long together(
        @Nullable Long before, JsonNode left, boolean announced) {
      if (!left.isIntegralNumber()) {
        return before;
      }
      long more = left.longValue();
      return before == null ? (Long) more : announced ? Math.min(before, more) : before + more;
    }

    private String worst() {
      return replicas.getOrDefault("open", 0) > 0
          ? "open"
          : replicas.getOrDefault("half_open", 0) > 0 ? "half_open" : "closed";
    }

    private boolean openEverywhere() {
      return replicas.getOrDefault("closed", 0) == 0 && replicas.getOrDefault("half_open", 0) == 0;
    }
  }

  /** Of one provider. */
  ObjectNode of(String provider, boolean simulated, Optional<Drained> drained) {
    Map<String, ModelCircuit> circuits = circuits(provider);
    JsonNode figures = figures(provider);
    Double rate = rate(figures, "fallbacks", "answers", "five_minutes");
    Instant since = since(circuits);
    ObjectNode one = Json.object().put("id", provider).put("object", "provider");
    one.put("status", status(circuits, rate));
    one.put("since", since == null ? null : since.toString());
    one.put("simulated", simulated);
    ObjectNode taken = drained.isPresent() ? one.putObject("drained") : null;
    if (taken == null) {
      one.putNull("drained");
    } else {
      taken.put("since", drained.get().since().toString()).put("by", drained.get().by());
    }
    one.put("circuit", worst(circuits));
    ArrayNode shown = one.putArray("circuits");
    circuits.forEach((model, circuit) -> shown.add(shown(model, circuit)));
    one.put("fallback_rate_5m", rate);
    one.put("fallback_rate_1h", rate(figures, "fallbacks", "answers", "hour"));
    one.put("threshold", threshold);
    one.set("fallback_reasons", known(figures, "reasons"));
    one.put("answers_5m", count(figures, "answers", "five_minutes"));
    one.put("answers_1h", count(figures, "answers", "hour"));
    one.put("error_rate_5m", rate(figures, "errors", "attempts", "five_minutes"));
    one.put("error_rate_1h", rate(figures, "errors", "attempts", "hour"));
    one.put("attempts_5m", count(figures, "attempts", "five_minutes"));
    one.put("attempts_1h", count(figures, "attempts", "hour"));
    one.set("latency_ms", known(figures, "latency_ms"));
    one.set("first_chunk_ms", firstChunk(circuits));
    one.set("rate_limit_remaining", left(circuits));
    one.set("last_error", known(figures, "last_error"));
    return one;
  }

  /** Of all of them together, as the alert counts. */
  ObjectNode fleet() {
    JsonNode figures = ledger.map(JsonNode.class::cast).orElse(Json.object());
    ObjectNode fleet = Json.object();
    fleet.put("fallback_rate_5m", rate(figures, "fallbacks", "answers", "five_minutes"));
    fleet.put("fallback_rate_1h", rate(figures, "fallbacks", "answers", "hour"));
    fleet.put("threshold", threshold);
    fleet.put("answers_5m", count(figures, "answers", "five_minutes"));
    return fleet.put("answers_1h", count(figures, "answers", "hour"));
  }

  /** Who was asked for all this, and who did not answer. */
  ObjectNode sources() {
    ObjectNode sources = Json.object();
    ObjectNode replicas = sources.putObject("provider_service");
    replicas.put("answered", said.circuits().size());
    said.silent().forEach(replicas.putArray("silent")::add);
    return sources.put("ledger", ledger.isPresent() ? "answered" : "away");
  }

  private Map<String, ModelCircuit> circuits(String provider) {
    var circuits = new TreeMap<String, ModelCircuit>();
    for (ObjectNode replica : said.circuits()) {
      for (JsonNode circuit : replica.path("circuits")) {
        if (circuit.path("provider").asText().equals(provider)) {
          circuits
              .computeIfAbsent(circuit.path("model").asText(), none -> new ModelCircuit())
              .add(circuit);
        }
      }
    }
    return circuits;
  }

  private JsonNode figures(String provider) {
    for (JsonNode figures :
        ledger.map(f -> f.path("providers")).orElse(Json.object().arrayNode())) {
      if (figures.path("provider").asText().equals(provider)) {
        return figures;
      }
    }
    // The ledger answered and knows nothing: nothing happened. It did not answer: nobody knows.
    return ledger.isPresent()
        ? Json.object()
            .<ObjectNode>set("answers", none())
            .<ObjectNode>set("fallbacks", none())
            .<ObjectNode>set("attempts", none())
            .<ObjectNode>set("errors", none())
            .set("reasons", Json.object())
        : Json.object();
  }

  private static ObjectNode none() {
    return Json.object().put("five_minutes", 0).put("hour", 0);
  }

  private String status(Map<String, ModelCircuit> circuits, @Nullable Double fallbackRate) {
    if (!circuits.isEmpty() && circuits.values().stream().allMatch(ModelCircuit::openEverywhere)) {
      return "open";
    }
    boolean tooMany = fallbackRate != null && fallbackRate > threshold;
    return tooMany || !worst(circuits).equals("closed") ? "degraded" : "up";
  }

  private static String worst(Map<String, ModelCircuit> circuits) {
    return circuits.values().stream()
        .map(ModelCircuit::worst)
        .reduce("closed", (a, b) -> STATES.indexOf(a) >= STATES.indexOf(b) ? a : b);
  }

  /** Since when one of its circuits has not been closed; null while all are. */
  private @Nullable Instant since(Map<String, ModelCircuit> circuits) {
    long longest = circuits.values().stream().mapToLong(c -> c.notClosedForMillis).max().orElse(-1);
    return longest < 0 ? null : now.minusMillis(longest);
  }

  private ObjectNode shown(String model, ModelCircuit circuit) {
    ObjectNode one = Json.object().put("model", model).put("state", circuit.worst());
    ObjectNode replicas = one.putObject("replicas");
    circuit.replicas.forEach(replicas::put);
    one.put(
        "since",
        circuit.notClosedForMillis < 0
            ? null
            : now.minusMillis(circuit.notClosedForMillis).toString());
    one.put(
        "retry_after_ms", circuit.retryAfterMillis < 0 ? null : (Long) circuit.retryAfterMillis);
    return one.put("gone", circuit.gone).put("failure_rate", circuit.failureRate);
  }

  /** Of the last streams of all instances; null when there were none. */
  private static @Nullable ObjectNode firstChunk(Map<String, ModelCircuit> circuits) {
    List<Long> all =
        circuits.values().stream()
            .flatMap(circuit -> circuit.firstChunks.stream())
            .sorted()
            .toList();
    return all.isEmpty()
        ? null
        : Json.object().put("p50", percentile(all, 0.5)).put("p95", percentile(all, 0.95));
  }

  private static long percentile(List<Long> sorted, double share) {
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }

  /** The model with the least is what is noticed first. */
  private static @Nullable ObjectNode left(Map<String, ModelCircuit> circuits) {
    Long requests = least(circuits.values(), circuit -> circuit.requestsLeft);
    Long tokens = least(circuits.values(), circuit -> circuit.tokensLeft);
    return requests == null && tokens == null
        ? null
        : Json.object().put("requests", requests).put("tokens", tokens);
  }

  private static @Nullable Long least(
      Collection<ModelCircuit> circuits, Function<ModelCircuit, @Nullable Long> left) {
    Long least = null;
    for (ModelCircuit circuit : circuits) {
      Long one = left.apply(circuit);
      least = least == null || (one != null && one < least) ? one : least;
    }
    return least;
  }

  private static @Nullable JsonNode known(JsonNode figures, String field) {
    JsonNode value = figures.path(field);
    return value.isMissingNode() ? null : value;
  }

  private static @Nullable Long count(JsonNode figures, String what, String window) {
    JsonNode value = figures.path(what).path(window);
    return value.isIntegralNumber() ? (Long) value.longValue() : null;
  }

  /** Null when nobody knows, and when nothing happened: none of nothing is no rate. */
  private static @Nullable Double rate(JsonNode figures, String part, String whole, String window) {
    Long all = count(figures, whole, window);
    Long some = count(figures, part, window);
    return all == null || some == null || all == 0
        ? null
        : (Double) (Math.round(10_000.0 * some / all) / 10_000.0);
  }
}
