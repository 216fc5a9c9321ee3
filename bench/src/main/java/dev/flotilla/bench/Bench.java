package dev.flotilla.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.bench.budgets.Outage;
import dev.flotilla.bench.budgets.RaceReport;
import dev.flotilla.bench.budgets.Races;
import dev.flotilla.bench.chaos.Chaos;
import dev.flotilla.bench.chaos.Restarts;
import dev.flotilla.bench.chaos.RunChaos;
import dev.flotilla.bench.pipelines.StepCost;
import dev.flotilla.bench.reviews.ReviewCost;
import dev.flotilla.bench.rows.ManyRows;
import dev.flotilla.bench.soak.Soak;
import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./fleet bench}, {@code soak}, {@code chaos}, {@code restarts}, {@code rows}, {@code
 * budgets}, {@code outage}, {@code pipelines} and {@code reviews}. Start reading at {@link #run}.
 */
public final class Bench {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  private final Terminal out;
  private final Terminal err;

  private Bench(Terminal out, Terminal err) {
    this.out = out;
    this.err = err;
  }

  public static void main(String[] words) {
    var colour = Terminal.wantsColour(System.console(), System.getenv());
    var tree = Path.of(System.getProperty("flotilla.tree", "")).toAbsolutePath();
    System.exit(
        new Bench(new Terminal(System.out, colour), new Terminal(System.err, colour))
            .run(List.of(words), tree));
  }

  private int run(List<String> words, Path tree) {
    try {
      var options = BenchOptions.parse(words, tree);
      return switch (options.command()) {
        case "bench" -> compare(options);
        case "soak" -> soak(options);
        case "chaos" -> options.runs() > 0 ? chaosOfRuns(options) : chaos(options);
        case "restarts" -> restarts(options);
        case "rows" -> rows(options);
        case "budgets" -> budgets(options);
        case "outage" -> outage(options);
        case "pipelines" -> pipelines(options);
        case "reviews" -> reviews(options);
        default ->
            throw new BenchOptions.WrongUsage(
                "./fleet does not know \"" + options.command() + "\"; see ./fleet help");
      };
    } catch (BenchOptions.WrongUsage e) {
      err.line(String.valueOf(e.getMessage()));
      return WRONG_USAGE;
    } catch (CannotStart | IOException e) {
      err.line(err.red(String.valueOf(e.getMessage())));
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private int compare(BenchOptions options) throws IOException, InterruptedException {
    var report = new Comparison(options, err).run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return report.clean() ? DONE : FAILED;
  }

  private int soak(BenchOptions options) throws IOException, InterruptedException {
    var report = new Soak(options.tree(), options.duration(), err).run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return report.passed() ? DONE : FAILED;
  }

  private int chaos(BenchOptions options) throws IOException, InterruptedException {
    var report =
        new Chaos(options.tree(), options.requests(), options.kills(), options.seed(), err).run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return report.kept() ? DONE : FAILED;
  }

  private int chaosOfRuns(BenchOptions options) throws IOException, InterruptedException {
    var report =
        new RunChaos(
                options.tree(),
                options.runs(),
                options.kills(),
                options.seed(),
                options.redisToo(),
                err)
            .run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return report.kept() ? DONE : FAILED;
  }

  private int restarts(BenchOptions options) throws IOException, InterruptedException {
    var report =
        new Restarts(options.tree(), options.rate(), options.warm(), options.services(), err).run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return report.kept() ? DONE : FAILED;
  }

  private int rows(BenchOptions options) throws IOException, InterruptedException {
    var report = new ManyRows(options.tree(), options.rows(), err).run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return report.wrong().isEmpty() ? DONE : FAILED;
  }

  private int pipelines(BenchOptions options) throws IOException, InterruptedException {
    var report = new StepCost(options.tree(), options.rounds(), err).run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return DONE;
  }

  private int reviews(BenchOptions options) throws IOException, InterruptedException {
    var report = new ReviewCost(options.tree(), options.rounds(), err).run();
    if (options.json()) {
      out.line(report.toJson());
    } else {
      report.print(out);
    }
    return DONE;
  }

  private int budgets(BenchOptions options) throws IOException, InterruptedException {
    List<RaceReport> races = new Races(options.tree(), options.rounds(), err).run();
    if (options.json()) {
      var list = JsonNodeFactory.instance.arrayNode();
      races.forEach(race -> list.add(race.toJson()));
      out.line(list.toString());
    } else {
      races.forEach(race -> race.print(out));
    }
    return races.stream().allMatch(RaceReport::kept) ? DONE : FAILED;
  }

  private int outage(BenchOptions options) throws IOException, InterruptedException {
    var report = new Outage(options.tree(), options.duration(), err).run();
    if (options.json()) {
      out.line(report.toJson().toString());
    } else {
      report.print(out);
    }
    return report.kept() ? DONE : FAILED;
  }
}
