package dev.flotilla.catalog;

import dev.flotilla.catalog.PriceFinding.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds prices that cannot be true. Runs whenever a catalogue is read. */
public final class PriceLint {
  /**
   * USD per million tokens, in pico-dollars per token. The dearest text that was ever sold to the
   * public cost 600 (o1-pro's output); a public list with a wrong unit has 500 and more for small
   * models.
   */
  private static final long DEAREST_TOKEN = 1_000_000_000L;

  /**
   * 0.0001 USD per million tokens; the cheapest vectors cost fifty times that. A cache may be
   * cheaper.
   */
  private static final long CHEAPEST_TOKEN = 100L;

  /** 100 USD for one picture or one request. */
  private static final long DEAREST_PIECE = 100_000_000_000_000L;

  private PriceLint() {}

  /**
   * Everything about the prices of one model.
   *
   * @param prices in the order of their days
   */
  public static List<PriceFinding> check(String model, List<Price> prices) {
    var findings = new ArrayList<PriceFinding>();
    Price before = null;
    for (Price price : prices) {
      if (before != null && before.from().equals(price.from())) {
        findings.add(
            new PriceFinding(
                model,
                Kind.SAME_DAY,
                "two prices begin on " + price.from() + "; leave one of them out"));
      }
      before = price;
      new TreeMap<>(price.schedules())
          .forEach((tier, schedule) -> check(model, price, tier, schedule, findings));
    }
    return findings;
  }

  private static void check(
      String model,
      Price price,
      ServiceTier service,
      Schedule schedule,
      List<PriceFinding> findings) {
    String at =
        "from " + price.from() + (service == ServiceTier.STANDARD ? "" : ", " + service.word());
    check(model, at, schedule.base(), findings);
    Tariff shorter = schedule.base();
    long above = 0;
    for (ContextTier tier : schedule.tiers()) {
      String place = at + ", above " + tier.above();
      check(model, place, tier.tariff(), findings);
      if (tier.above() == above) {
        findings.add(
            new PriceFinding(
                model, Kind.TIER_NOT_DEARER, place + ": the tier is there twice; leave one out"));
      }
      for (Bucket bucket : Bucket.values()) {
        Long less = shorter.of(bucket);
        Long more = tier.tariff().of(bucket);
        if (less != null && more != null && more < less) {
          findings.add(
              new PriceFinding(
                  model,
                  Kind.TIER_NOT_DEARER,
                  place
                      + ": "
                      + bucket.word()
                      + " costs "
                      + usd(more)
                      + ", and "
                      + usd(less)
                      + " for shorter prompts; look at the provider's page"));
        }
      }
      shorter = tier.tariff();
      above = tier.above();
    }
  }

  private static void check(String model, String at, Tariff tariff, List<PriceFinding> findings) {
    for (Bucket bucket : Bucket.values()) {
      String wrong = implausible(bucket, tariff.of(bucket));
      if (wrong != null && !asItsWhole(bucket, tariff)) {
        findings.add(
            new PriceFinding(
                model, Kind.IMPLAUSIBLE_UNIT, at + ": " + bucket.word() + " costs " + wrong));
      }
    }
    if (tariff.cacheRead() > tariff.input()) {
      findings.add(
          new PriceFinding(
              model,
              Kind.CACHE_READ_ABOVE_INPUT,
              at
                  + ": cache_read costs "
                  + usd(tariff.cacheRead())
                  + ", more than input with "
                  + usd(tariff.input())
                  + "; look at the provider's page"));
    }
    if (tariff.audioIn() != null && tariff.audioIn() < tariff.input()) {
      findings.add(
          new PriceFinding(
              model,
              Kind.AUDIO_BELOW_INPUT,
              at
                  + ": sound costs "
                  + usd(tariff.audioIn())
                  + ", less than text with "
                  + usd(tariff.input())));
    }
    long write = Math.min(tariff.cacheWrite5m(), tariff.cacheWrite1h());
    if (write < tariff.input()) {
      findings.add(
          new PriceFinding(
              model,
              Kind.CACHE_WRITE_BELOW_INPUT,
              at
                  + ": writing to the cache costs "
                  + usd(write)
                  + ", less than input with "
                  + usd(tariff.input())));
    }
  }

  /** Whether a bucket has only the price of what it is a part of, which is looked at itself. */
  private static boolean asItsWhole(Bucket bucket, Tariff tariff) {
    return switch (bucket) {
      case CACHE_READ -> tariff.cacheRead() == tariff.input();
      case CACHE_WRITE_5M -> tariff.cacheWrite5m() == tariff.input();
      case CACHE_WRITE_1H -> tariff.cacheWrite1h() == tariff.input();
      case REASONING -> tariff.reasoning() == tariff.output();
      case INPUT, OUTPUT, AUDIO_IN, AUDIO_OUT, IMAGES, REQUESTS -> false;
    };
  }

  private static @Nullable String implausible(Bucket bucket, @Nullable Long figure) {
    if (figure == null) {
      return null;
    }
    if (bucket == Bucket.IMAGES || bucket == Bucket.REQUESTS) {
      return figure > DEAREST_PIECE
          ? BigDecimal.valueOf(figure, 12).stripTrailingZeros().toPlainString()
              + " USD for each; write USD, not cents or a figure per thousand"
          : null;
    }
    if (figure > DEAREST_TOKEN) {
      return usd(figure) + ", more than any model; is it a figure of another unit?";
    }
    boolean full = bucket == Bucket.INPUT || bucket == Bucket.OUTPUT;
    return full && figure > 0 && figure < CHEAPEST_TOKEN
        ? usd(figure) + ", less than any model; is it a figure per token?"
        : null;
  }

  /** Pico-dollars per token as people say it. */
  public static String usd(long pico) {
    return String.format(
        Locale.ROOT,
        "%s USD per million",
        BigDecimal.valueOf(pico, 6).stripTrailingZeros().toPlainString());
  }
}
