package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * What the ledger says routing and caching saved, in USD, with what it means by that. Never shown
 * without its definition.
 *
 * @param baselineModels models that would have been asked without routing
 * @param meaning how {@code saved} is made, then what each of its parts is, as the ledger words it
 * @param routed answers whose model the router chose
 * @param named attempts whose model the caller chose, which are not compared
 * @param notCompared attempts that could not be compared, for example because the decision has not
 *     arrived yet
 * @param spent all that is known to be spent, from the parts it is counted in
 */
record Savings(
    List<String> baselineModels,
    List<String> meaning,
    long routed,
    long hits,
    long named,
    long notCompared,
    BigDecimal baseline,
    BigDecimal byRouting,
    BigDecimal byCache,
    BigDecimal overhead,
    BigDecimal saved,
    BigDecimal spent) {

  static Savings of(JsonNode body, boolean simulated) {
    var definition = body.path("definition");
    var baselines = new ArrayList<String>();
    definition.path("baseline_models").forEach(model -> baselines.add(model.asText()));
    // The ledger keeps invented money apart from real money.
    var result =
        StreamSupport.stream(body.path("results").spliterator(), false)
            .filter(one -> one.path("simulated").asBoolean() == simulated)
            .findFirst()
            .orElse(body.path("results").path(0));
    var overhead = result.path("overhead");
    return new Savings(
        List.copyOf(baselines),
        List.of(
            "saved = " + definition.path("saved").asText(),
            "routing: " + definition.path("routing").asText(),
            "cache: " + definition.path("cache").asText(),
            "overhead: " + definition.path("overhead").asText()),
        result.path("routing").path("answers").asLong(),
        result.path("cache").path("hits").asLong(),
        result.path("named").path("attempts").asLong(),
        result.path("not_compared").path("attempts").asLong(),
        usd(result.path("routing").path("baseline")),
        usd(result.path("routing").path("saved")),
        usd(result.path("cache").path("saved")),
        usd(overhead.path("total")),
        usd(result.path("saved")),
        usd(result.path("routing").path("spent"))
            .add(usd(result.path("named").path("spent")))
            .add(usd(result.path("not_compared").path("spent")))
            .add(usd(overhead.path("total")))
            .subtract(usd(overhead.path("unknown"))));
  }

  long counted() {
    return routed + hits + named + notCompared;
  }

  /** Whether the parts are what the definition says the whole is made of. */
  boolean addsUp() {
    return saved.compareTo(byRouting.add(byCache).subtract(overhead)) == 0;
  }

  private static BigDecimal usd(JsonNode dollars) {
    return BigDecimal.valueOf(dollars.path("nanos").asLong(), 9);
  }
}
