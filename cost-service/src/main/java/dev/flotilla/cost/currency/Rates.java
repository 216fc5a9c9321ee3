package dev.flotilla.cost.currency;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Dated rates from dollars, read once from {@code rates.csv} beside the catalogue: {@code
 * date,from,to,rate,source}. Without the file there is no second currency. Immutable.
 */
@ApplicationScoped
public class Rates {
  private static final String HEADER = "date,from,to,rate,source";

  /** By currency and day. */
  private final Map<String, NavigableMap<LocalDate, Rate>> byCurrency;

  @Inject
  Rates(Settings settings) {
    this(settings.path("flotilla.config.dir").resolve("rates.csv"));
  }

  Rates(Path file) {
    this(Files.exists(file) ? read(file) : Map.of());
  }

  private Rates(Map<String, NavigableMap<LocalDate, Rate>> byCurrency) {
    this.byCurrency = byCurrency;
  }

  /** No second currency at all. */
  public static Rates none() {
    return new Rates(Map.of());
  }

  /** A mistake in the file stops the start instead of a report. */
  void begin(@Observes @Initialized(ApplicationScoped.class) Object start) {}

  /**
   * The rate of a day: the last one that was known then; empty before the first.
   *
   * @param currency three upper-case letters
   */
  public Optional<Rate> of(String currency, LocalDate day) {
    NavigableMap<LocalDate, Rate> dated = byCurrency.getOrDefault(currency, new TreeMap<>());
    return Optional.ofNullable(dated.floorEntry(day)).map(Map.Entry::getValue);
  }

  /** Currencies there are rates of, in their order. */
  public Set<String> currencies() {
    return new TreeSet<>(byCurrency.keySet());
  }

  private static Map<String, NavigableMap<LocalDate, Rate>> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (lines.isEmpty() || !lines.getFirst().strip().equals(HEADER)) {
      throw new ConfigurationException(file + ": the first line must be " + HEADER);
    }
    Map<String, NavigableMap<LocalDate, Rate>> rates = new TreeMap<>();
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        add(rates, line, file + ", line " + (i + 1));
      }
    }
    return rates;
  }

  private static void add(
      Map<String, NavigableMap<LocalDate, Rate>> rates, String line, String where) {
    List<String> fields = List.of(line.split(",", 5));
    if (fields.size() != 5
        || !fields.get(1).equals("USD")
        || !fields.get(2).matches("[A-Z]{3}")
        || fields.get(4).isBlank()) {
      throw new ConfigurationException(
          where
              + " is '"
              + line
              + "'; write a day, USD, a currency, units per dollar and their source, such as 2026-11-02,USD,PKR,281.35,bank");
    }
    try {
      var rate =
          new Rate(LocalDate.parse(fields.get(0)), new BigDecimal(fields.get(3)), fields.get(4));
      if (rate.rate().signum() <= 0) {
        throw new ConfigurationException(where + ": the rate must be more than 0");
      }
      Rate before =
          rates.computeIfAbsent(fields.get(2), c -> new TreeMap<>()).put(rate.date(), rate);
      if (before != null) {
        throw new ConfigurationException(where + ": this day is there twice");
      }
    } catch (DateTimeException | NumberFormatException e) {
      throw new ConfigurationException(
          where + ": write the day as 2026-11-02 and the rate as 281.35", e);
    }
  }
}
