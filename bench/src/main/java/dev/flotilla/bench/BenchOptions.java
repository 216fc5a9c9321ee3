package dev.flotilla.bench;

import dev.flotilla.bench.rows.ManyRows;
import dev.flotilla.local.supervision.Service;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was typed after {@code ./fleet bench}, {@code soak}, {@code chaos}, {@code restarts}, {@code
 * rows}, {@code budgets}, {@code outage}, {@code pipelines} or {@code reviews}.
 *
 * @param minutes of a soak or an outage
 * @param rounds every target is measured so often, in turn; every budget raced for; so many runs of
 *     pipelines, or reviews
 * @param seconds of a sample
 * @param warm what is multiplied with the warm-up of each scenario, or of restarts, in percent
 * @param javaOptions more flags for the services' JVMs
 * @param requests of a chaos, sent by all callers together
 * @param runs of a chaos of runs; 0 for one of requests
 * @param redisToo whether Redis is killed beside them
 * @param kills among them
 * @param seed decides what is killed and when
 * @param rows of the ledger, for rows
 * @param rate requests a second, for restarts
 * @param services that are restarted
 */
record BenchOptions(
    String command,
    Path tree,
    boolean json,
    int minutes,
    int rounds,
    int seconds,
    int warm,
    List<Scenario> scenarios,
    String javaOptions,
    int requests,
    int runs,
    boolean redisToo,
    int kills,
    int seed,
    int rows,
    int rate,
    List<Service> services) {

  /** What was typed makes no sense; the message says what would. */
  static final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongUsage(String message) {
      super(message);
    }
  }

  static BenchOptions parse(List<String> words, Path tree) {
    if (words.isEmpty()) {
      throw new WrongUsage(
          "Say bench, soak, chaos, restarts, rows, budgets, outage, pipelines or reviews");
    }
    boolean json = false;
    int minutes = words.getFirst().equals("outage") ? 10 : 30;
    int rounds =
        switch (words.getFirst()) {
          case "budgets" -> 10;
          case "pipelines", "reviews" -> 200;
          default -> 3;
        };
    int seconds = 6;
    int warm = 100;
    List<Scenario> scenarios = Scenario.ALL;
    String javaOptions = "";
    int requests = 5_000;
    int runs = 0;
    boolean redisToo = false;
    int kills = 5;
    int seed = 1;
    int rows = 2_000_000;
    int rate = 100;
    List<Service> services = List.of(Service.values());
    Iterator<String> rest = words.subList(1, words.size()).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--json" -> json = true;
        case "--minutes" -> minutes = number(option, rest);
        case "--rounds" -> rounds = number(option, rest);
        case "--seconds" -> seconds = number(option, rest);
        case "--warm-percent" -> warm = number(option, rest);
        case "--scenarios" -> scenarios = named(value(option, rest));
        case "--requests" -> requests = number(option, rest);
        case "--runs" -> runs = number(option, rest);
        case "--redis-too" -> redisToo = true;
        case "--kills" -> kills = number(option, rest);
        case "--seed" -> seed = number(option, rest);
        case "--rows" -> rows = rows(number(option, rest));
        case "--rate" -> rate = number(option, rest);
        case "--services" -> services = services(value(option, rest));
        case "--java-options" -> javaOptions = value(option, rest);
        default ->
            throw new WrongUsage(
                "./fleet " + words.getFirst() + " does not know " + option + "; see ./fleet help");
      }
    }
    return new BenchOptions(
        words.getFirst(),
        tree,
        json,
        minutes,
        rounds,
        seconds,
        warm,
        scenarios,
        javaOptions,
        requests,
        runs,
        redisToo,
        kills,
        seed,
        rows,
        rate,
        services);
  }

  Duration duration() {
    return Duration.ofMinutes(minutes);
  }

  private static List<Scenario> named(String names) {
    Map<String, Scenario> known =
        Scenario.ALL.stream().collect(Collectors.toMap(Scenario::name, Function.identity()));
    return List.of(names.split(",")).stream()
        .map(
            name -> {
              Scenario scenario = known.get(name);
              if (scenario == null) {
                throw new WrongUsage(
                    "There is no scenario '"
                        + name
                        + "'; there are "
                        + Scenario.ALL.stream().map(Scenario::name).toList());
              }
              return scenario;
            })
        .toList();
  }

  private static List<Service> services(String labels) {
    return List.of(labels.split(",")).stream()
        .map(
            label ->
                List.of(Service.values()).stream()
                    .filter(service -> service.label().equals(label))
                    .findAny()
                    .orElseThrow(
                        () ->
                            new WrongUsage(
                                "There is no service '"
                                    + label
                                    + "'; there are "
                                    + List.of(Service.values()).stream()
                                        .map(Service::label)
                                        .toList())))
        .toList();
  }

  private static int rows(int number) {
    if (number < ManyRows.FEWEST) {
      throw new WrongUsage(
          "--rows is " + number + ", too few to measure anything; try " + ManyRows.FEWEST);
    }
    return number;
  }

  private static int number(String option, Iterator<String> rest) {
    String text = value(option, rest);
    try {
      int number = Integer.parseInt(text);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with numbers that are too small.
    }
    throw new WrongUsage(option + " is " + text + ", but must be a whole number above 0; try 5");
  }

  private static String value(String option, Iterator<String> rest) {
    @Nullable String value = rest.hasNext() ? rest.next() : null;
    if (value == null) {
      throw new WrongUsage(option + " needs a value, for example 5");
    }
    return value;
  }
}
