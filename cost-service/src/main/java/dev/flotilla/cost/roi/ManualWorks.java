package dev.flotilla.cost.roi;

import dev.flotilla.cost.currency.Rates;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Manual work by pipeline, read once from {@code manual-work.csv} beside the catalogue: {@code
 * pipeline,minutes,hourly_rate,currency}. Without the file nothing is compared. Immutable.
 */
@ApplicationScoped
class ManualWorks {
  private static final String HEADER = "pipeline,minutes,hourly_rate,currency";
  private static final String DOLLARS = "USD";

  private final Map<String, ManualWork> byPipeline;

  @Inject
  ManualWorks(Settings settings, Rates rates) {
    this(settings.path("flotilla.config.dir").resolve("manual-work.csv"), rates);
  }

  ManualWorks(Path file, Rates rates) {
    this.byPipeline = Files.exists(file) ? read(file, rates) : Map.of();
  }

  /** A mistake in the file stops the start instead of a report. */
  void begin(@Observes @Initialized(ApplicationScoped.class) Object start) {}

  Optional<ManualWork> of(String pipeline) {
    return Optional.ofNullable(byPipeline.get(pipeline));
  }

  private static Map<String, ManualWork> read(Path file, Rates rates) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (lines.isEmpty() || !lines.getFirst().strip().equals(HEADER)) {
      throw new ConfigurationException(file + ": the first line must be " + HEADER);
    }
    Map<String, ManualWork> works = new TreeMap<>();
    for (int i = 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String where = file + ", line " + (i + 1);
      ManualWork work = read(line, where, rates);
      if (works.put(work.pipeline(), work) != null) {
        throw new ConfigurationException(
            where + ": the pipeline " + work.pipeline() + " is there twice; keep one line");
      }
    }
    return works;
  }

  private static ManualWork read(String line, String where, Rates rates) {
    List<String> fields = List.of(line.split(",", -1));
    if (fields.size() == 4 && !fields.getFirst().isBlank()) {
      try {
        var work =
            new ManualWork(
                fields.get(0),
                new BigDecimal(fields.get(1)),
                new BigDecimal(fields.get(2)),
                fields.get(3));
        boolean known =
            work.currency().equals(DOLLARS) || rates.currencies().contains(work.currency());
        if (!known) {
          throw new ConfigurationException(
              where
                  + ": there is no rate of "
                  + work.currency()
                  + " in rates.csv; add one, or write the hourly rate in USD");
        }
        if (work.minutes().signum() > 0 && work.hourlyRate().signum() > 0) {
          return work;
        }
      } catch (NumberFormatException e) {
        // Said below, together with all else that cannot be read.
      }
    }
    throw new ConfigurationException(
        where
            + " is '"
            + line
            + "'; write a pipeline, minutes of manual work per run, the price of an hour and its currency, such as content,45,3500,PKR");
  }
}
