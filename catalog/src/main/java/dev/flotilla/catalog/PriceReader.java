package dev.flotilla.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads prices as the catalogue's files write them: USD per million tokens, picture or request. */
public final class PriceReader {
  private static final BigDecimal PICO_PER_TOKEN_IN_USD_PER_MILLION = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal PICO_IN_USD = BigDecimal.valueOf(1_000_000_000_000L);

  private static final List<String> FIGURES =
      List.of(
          "input",
          "cache_read",
          "cache_write_5m",
          "cache_write_1h",
          "output",
          "reasoning",
          "audio_in",
          "audio_out",
          "image",
          "request");

  private static final List<String> OTHER_TIERS = List.of("flex", "priority", "batch");

  private PriceReader() {}

  /**
   * The dated prices of a model, oldest first.
   *
   * @param at names the place for errors
   * @throws CatalogException naming what to write instead
   */
  public static List<Price> prices(String at, JsonNode written) {
    var prices = new ArrayList<Price>();
    for (JsonNode one : written) {
      prices.add(price(at, one));
    }
    prices.sort(Comparator.comparing(Price::from));
    return prices;
  }

  private static Price price(String at, JsonNode written) {
    known(at, written, List.of("from", "source"), FIGURES, List.of("tiers"), OTHER_TIERS);
    return new Price(
        day(at + "[].from", written.path("from")),
        text(at + "[].source", written.path("source")),
        schedules(at + "[]", written),
        BigDecimal.ONE);
  }

  /** The figures of all service tiers, without a date. */
  static Map<ServiceTier, Schedule> schedules(String at, JsonNode written) {
    var schedules = new EnumMap<ServiceTier, Schedule>(ServiceTier.class);
    Schedule standard = schedule(at, written, null);
    schedules.put(ServiceTier.STANDARD, standard);
    for (String word : OTHER_TIERS) {
      JsonNode other = written.path(word);
      if (!other.isMissingNode()) {
        known(at + "." + word, other, FIGURES, List.of("tiers"));
        schedules.put(
            ServiceTier.of(word).orElseThrow(), schedule(at + "." + word, other, standard));
      }
    }
    return schedules;
  }

  /**
   * @param standard null when it is that itself
   */
  private static Schedule schedule(String at, JsonNode written, @Nullable Schedule standard) {
    Tariff base = tariff(at, written, standard == null ? null : standard.base());
    var tiers = new ArrayList<ContextTier>();
    for (JsonNode tier : written.path("tiers")) {
      String place = at + ".tiers[]";
      known(place, tier, List.of("above"), FIGURES);
      JsonNode above = tier.path("above");
      if (!above.isIntegralNumber() || !above.canConvertToInt() || above.asInt() < 1) {
        throw new CatalogException(
            place + ".above is '" + above.asText() + "'; write tokens of the prompt, e.g. 200000");
      }
      tiers.add(new ContextTier(above.asLong(), tariff(place, tier, base)));
    }
    tiers.sort(Comparator.comparingLong(ContextTier::above));
    // Where long prompts cost more, those of a service that does not say what they cost have no
    // price.
    Long until =
        standard == null || standard.tiers().isEmpty() || !tiers.isEmpty()
            ? null
            : Long.valueOf(standard.tiers().getFirst().above());
    return new Schedule(base, tiers, until);
  }

  /**
   * @param beside where sound, pictures and requests cost what they cost here unless it is said;
   *     null when there is no such place
   */
  private static Tariff tariff(String at, JsonNode written, @Nullable Tariff beside) {
    long input = needed(at, written, "input");
    long output = needed(at, written, "output");
    Long request = figure(at, written, "request");
    Long audioIn = figure(at, written, "audio_in");
    Long audioOut = figure(at, written, "audio_out");
    Long image = figure(at, written, "image");
    return new Tariff(
        input,
        orElse(figure(at, written, "cache_read"), input),
        orElse(figure(at, written, "cache_write_5m"), input),
        orElse(figure(at, written, "cache_write_1h"), input),
        output,
        orElse(figure(at, written, "reasoning"), output),
        audioIn == null && beside != null ? beside.audioIn() : audioIn,
        audioOut == null && beside != null ? beside.audioOut() : audioOut,
        image == null && beside != null ? beside.image() : image,
        request != null ? request : beside == null ? 0 : beside.request());
  }

  private static long orElse(@Nullable Long figure, long otherwise) {
    return figure == null ? otherwise : figure;
  }

  private static long needed(String at, JsonNode written, String name) {
    Long figure = figure(at, written, name);
    if (figure == null) {
      throw new CatalogException(
          at + "." + name + " is missing; write USD per million tokens, e.g. 0.28");
    }
    return figure;
  }

  private static @Nullable Long figure(String at, JsonNode written, String name) {
    JsonNode node = written.path(name);
    if (node.isMissingNode() || node.isNull()) {
      return null;
    }
    boolean perToken = !name.equals("image") && !name.equals("request");
    String unit = perToken ? "USD per million tokens" : "USD for each";
    String what = at + "." + name + " is " + node.asText();
    if (!node.isNumber()) {
      throw new CatalogException(what + "; write " + unit + ", e.g. 0.28");
    }
    BigDecimal usd = node.decimalValue();
    if (usd.signum() < 0) {
      throw new CatalogException(
          what + ", but a price cannot be negative; write " + unit + ", e.g. 0.28");
    }
    BigDecimal pico = usd.multiply(perToken ? PICO_PER_TOKEN_IN_USD_PER_MILLION : PICO_IN_USD);
    try {
      return Long.valueOf(pico.longValueExact());
    } catch (ArithmeticException finerOrTooLarge) {
      throw new CatalogException(
          what
              + " "
              + unit
              + ", which is no whole number of pico-dollars that fits; write at most "
              + (perToken ? "six" : "twelve")
              + " decimals",
          finerOrTooLarge);
    }
  }

  /** A day as the files write it. */
  static LocalDate day(String what, JsonNode written) {
    String text = text(what, written);
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw new CatalogException(what + " is '" + text + "'; write a day such as 2026-08-01", e);
    }
  }

  /** A text that must be there. */
  static String text(String what, JsonNode written) {
    String text = written.asText("");
    if (text.isBlank()) {
      throw new CatalogException(what + " is missing");
    }
    return text;
  }

  /** Fails for a name that is in none of the lists: a mistyped price must not be no price. */
  @SafeVarargs
  static void known(String at, JsonNode written, List<String>... lists) {
    if (!written.isObject()) {
      throw new CatalogException(at + " is '" + written.asText() + "'; write names and figures");
    }
    var known = new TreeSet<String>();
    for (List<String> list : lists) {
      known.addAll(list);
    }
    for (var field : written.properties()) {
      if (!known.contains(field.getKey())) {
        throw new CatalogException(at + " has '" + field.getKey() + "'; write one of " + known);
      }
    }
  }
}
