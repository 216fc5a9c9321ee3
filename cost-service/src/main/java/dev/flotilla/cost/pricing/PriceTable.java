package dev.flotilla.cost.pricing;

import dev.flotilla.catalog.Bucket;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.ContextTier;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Schedule;
import dev.flotilla.catalog.ServiceTier;
import dev.flotilla.catalog.Tariff;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All prices of a catalogue, one line for each day, service and length of prompt.
 *
 * @param version hash of the catalogue; rows of the ledger with it were priced by these lines
 */
public record PriceTable(String object, String version, List<Line> prices) {
  public PriceTable {
    prices = List.copyOf(prices);
  }

  /**
   * @param from first day, UTC
   * @param service {@code standard flex priority batch}
   * @param aboveTokens for prompts of more tokens than this; 0 for the shortest
   * @param usdPerMillion by bucket of tokens, what a contract says included; a bucket that is
   *     absent has no price
   * @param usdEach by bucket of other things, {@code images requests}
   */
  public record Line(
      String model,
      String from,
      String source,
      String service,
      long aboveTokens,
      Map<String, BigDecimal> usdPerMillion,
      Map<String, BigDecimal> usdEach) {}

  /**
   * @param model null for all models
   */
  static PriceTable of(Catalog catalog, @Nullable String model) {
    var lines = new ArrayList<Line>();
    for (Model one : catalog.models()) {
      if (model == null || model.equals(one.id())) {
        for (Price price : one.prices()) {
          new TreeMap<>(price.schedules())
              .forEach((tier, schedule) -> add(lines, one.id(), price, tier, schedule));
        }
      }
    }
    return new PriceTable("prices", catalog.version(), lines);
  }

  private static void add(
      List<Line> lines, String model, Price price, ServiceTier tier, Schedule schedule) {
    lines.add(line(model, price, tier, 0, schedule.base()));
    for (ContextTier longer : schedule.tiers()) {
      lines.add(line(model, price, tier, longer.above(), longer.tariff()));
    }
  }

  private static Line line(String model, Price price, ServiceTier tier, long above, Tariff tariff) {
    var tokens = new LinkedHashMap<String, BigDecimal>();
    var pieces = new LinkedHashMap<String, BigDecimal>();
    for (Bucket bucket : Bucket.values()) {
      Long pico = tariff.of(bucket);
      if (pico != null) {
        boolean piece = bucket == Bucket.IMAGES || bucket == Bucket.REQUESTS;
        BigDecimal usd = BigDecimal.valueOf(pico, piece ? 12 : 6).multiply(price.factor());
        (piece ? pieces : tokens).put(bucket.word(), usd.stripTrailingZeros());
      }
    }
    return new Line(
        model, price.from().toString(), price.source(), tier.word(), above, tokens, pieces);
  }
}
