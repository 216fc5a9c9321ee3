package dev.flotilla.judgement.evaluation;

import dev.flotilla.learning.BadData;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What ways of combining make of recorded findings, beside single reviewers.
 *
 * @param issues what people found in all pull requests
 * @param findings of all reviewers, by judge
 * @param rows the mean and the best single reviewer, then the ways of combining
 * @param singles each reviewer on its own, best strict F1 first
 */
public record ReviewEvaluation(
    List<String> judges,
    List<String> repositories,
    int requests,
    int issues,
    Map<String, Integer> findings,
    List<Row> rows,
    List<Row> singles) {
  /** For seats of panels. */
  private static final int PANEL = 3;

  private static final int SAMPLES = 2_000;
  private static final long SEED = 20_261_122;

  public ReviewEvaluation {
    judges = List.copyOf(judges);
    repositories = List.copyOf(repositories);
    findings = Map.copyOf(findings);
    rows = List.copyOf(rows);
    singles = List.copyOf(singles);
  }

  /**
   * Evaluates what a folder holds. The same files give the same figures.
   *
   * @throws BadData naming the file, the line and what to write instead
   */
  public static ReviewEvaluation of(Path folder) throws IOException, BadData {
    Recorded recorded = Recorded.read(folder);
    List<PullRequest> requests = recorded.requests();
    if (Choice.parts(requests).size() < 2) {
      throw new BadData(
          folder
              + " has one pull request, but one is judged by what others taught; bring two or more");
    }
    var singles = new TreeMap<String, Run>();
    recorded.reviewers().forEach(each -> singles.put(each, Run.single(each, requests)));
    String best =
        singles.keySet().stream()
            .max(
                Comparator.comparingDouble(
                        (String each) -> mean(List.of(run(singles, each)), false).strictF1())
                    .thenComparing(Comparator.reverseOrder()))
            .orElseThrow();
    var rows = new ArrayList<Row>();
    Scale scale = new Scale(List.of(run(singles, best)));
    rows.add(scale.row("mean single reviewer", List.copyOf(singles.values())));
    rows.add(scale.row("best single reviewer (" + best + ")", List.of(run(singles, best))));
    int[] counts = IntStream.rangeClosed(1, recorded.reviewers().size()).toArray();
    rows.add(scale.leavingOut("union", CountedWay.atLeast(1), requests));
    rows.add(scale.leavingOut("majority", CountedWay.moreThanHalf(), requests));
    rows.add(scale.leavingOut("quorum", CountedWay.atLeast(counts), requests));
    if (recorded.reviewers().size() >= PANEL) {
      List<List<PullRequest>> panels = panels(recorded);
      rows.add(scale.panels("two-of-three", CountedWay.atLeast(2), panels));
      rows.add(scale.panels("unanimous", CountedWay.atLeast(PANEL), panels));
      rows.add(scale.panels("any-blocker", CountedWay.atLeast(1), panels));
    }
    rows.add(scale.leavingOut("weighted", new WeightedWay(), requests));
    rows.add(scale.leavingOut("learned", new LearnedWay(), requests));
    return new ReviewEvaluation(
        recorded.judges(),
        Choice.parts(requests).stream().map(part -> part.getFirst().origin()).distinct().toList(),
        (int) requests.stream().map(PullRequest::id).distinct().count(),
        requests.stream()
            .filter(each -> each.judge().equals(recorded.judges().getFirst()))
            .mapToInt(each -> each.issues().size())
            .sum(),
        findings(requests),
        rows,
        singles.entrySet().stream()
            .map(single -> scale.row(single.getKey(), List.of(single.getValue())))
            .sorted(Comparator.comparingDouble((Row row) -> -row.mean().strictF1()))
            .toList());
  }

  private static Run run(Map<String, Run> singles, String reviewer) {
    Run run = singles.get(reviewer);
    if (run == null) {
      throw new IllegalStateException(reviewer + " has no run");
    }
    return run;
  }

  private static Map<String, Integer> findings(List<PullRequest> requests) {
    var findings = new TreeMap<String, Integer>();
    requests.forEach(each -> findings.merge(each.judge(), each.findings().size(), Integer::sum));
    return findings;
  }

  /** What each three of the reviewers found. */
  private static List<List<PullRequest>> panels(Recorded recorded) {
    List<String> all = recorded.reviewers();
    var panels = new ArrayList<List<PullRequest>>();
    for (int i = 0; i < all.size(); i++) {
      for (int j = i + 1; j < all.size(); j++) {
        for (int k = j + 1; k < all.size(); k++) {
          Set<String> panel = Set.of(all.get(i), all.get(j), all.get(k));
          panels.add(recorded.requests().stream().map(each -> each.only(panel)).toList());
        }
      }
    }
    return panels;
  }

  private static Figures mean(List<Run> runs, boolean byAnyMember) {
    var all = new ArrayList<Figures>();
    for (Run run : runs) {
      (byAnyMember ? run.byAnyMember() : run.tallies())
          .values()
          .forEach(tallies -> all.add(Figures.of(sum(tallies))));
    }
    return Figures.mean(all);
  }

  private static Tally sum(List<Tally> tallies) {
    return tallies.stream().reduce(Tally.NONE, Tally::plus);
  }

  /** Everything is measured beside the best single reviewer, on the same samples. */
  private record Scale(List<Run> best) {
    Row leavingOut(String name, Way way, List<PullRequest> requests) {
      return row(name, List.of(Run.leavingOut(way, requests)));
    }

    Row panels(String name, Way way, List<List<PullRequest>> panels) {
      return row(name, panels.stream().map(panel -> Run.leavingOut(way, panel)).toList());
    }

    Row row(String name, List<Run> runs) {
      var byJudge = new TreeMap<String, Figures>();
      for (String judge : runs.getFirst().tallies().keySet()) {
        byJudge.put(
            judge,
            Figures.mean(
                runs.stream()
                    .map(run -> Figures.of(sum(run.tallies().getOrDefault(judge, List.of()))))
                    .toList()));
      }
      double[] strict = samples(runs, Tally::strictF1);
      double[] best = samples(this.best, Tally::strictF1);
      double[] beyond = new double[strict.length];
      for (int i = 0; i < beyond.length; i++) {
        beyond[i] = strict[i] - best[i];
      }
      return new Row(
          name,
          mean(runs, false),
          byJudge,
          mean(runs, true),
          Interval.of(samples(runs, Tally::f1)),
          Interval.of(strict),
          Interval.of(beyond),
          usdPerAccepted(runs),
          runs.size() == 1 ? runs.getFirst().chosen() : Map.of());
    }

    /** The mean of judges and runs on samples of the pull requests, the same for everybody. */
    private static double[] samples(List<Run> runs, ToDoubleFunction<Tally> measure) {
      List<List<Tally>> sheets =
          runs.stream().flatMap(run -> run.tallies().values().stream()).toList();
      int requests = sheets.getFirst().size();
      var random = new Random(SEED);
      double[] samples = new double[SAMPLES];
      for (int s = 0; s < SAMPLES; s++) {
        int[] drawn = random.ints(requests, 0, requests).toArray();
        double sum = 0;
        for (List<Tally> sheet : sheets) {
          Tally tally = Tally.NONE;
          for (int each : drawn) {
            tally = tally.plus(sheet.get(each));
          }
          sum += measure.applyAsDouble(tally);
        }
        samples[s] = sum / sheets.size();
      }
      return samples;
    }

    private static @Nullable Double usdPerAccepted(List<Run> runs) {
      BigDecimal cost = BigDecimal.ZERO;
      int accepted = 0;
      for (Run run : runs) {
        if (run.cost() == null) {
          return null;
        }
        cost = cost.add(run.cost());
        accepted += run.tallies().values().stream().mapToInt(each -> sum(each).right()).sum();
      }
      return accepted == 0 ? null : cost.doubleValue() / accepted;
    }
  }
}
