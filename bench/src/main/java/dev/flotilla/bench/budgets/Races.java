package dev.flotilla.bench.budgets;

import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.bench.upstream.Pace;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code ./fleet budgets}: a race for a budget that refuses and one for a budget that serves. */
public final class Races {
  private static final int CALLERS = 200;
  private static final int LATENCY_MILLIS = 20;
  private static final List<String> POLICIES = List.of("refuse", "serve");

  private final Path tree;
  private final int rounds;
  private final Terminal progress;

  public Races(Path tree, int rounds, Terminal progress) {
    this.tree = tree;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** One report for each policy. */
  public List<RaceReport> run() throws IOException, InterruptedException {
    var reports = new ArrayList<RaceReport>();
    try (var folder = ScratchFolder.named("fleet-budgets");
        var upstream = UpstreamProcess.start();
        var fleet = BudgetedFleet.start(tree, folder.path(), upstream, POLICIES, progress)) {
      upstream.pace(new Pace(LATENCY_MILLIS, 1, 0));
      for (String policy : POLICIES) {
        var course =
            new Course(
                fleet.url(),
                fleet.opsUrl(Service.PROVIDER),
                BudgetedFleet.ADMIN,
                policy,
                "team:" + policy,
                "gpt-mock");
        try (var race = new Race(course)) {
          reports.add(race.run(rounds, CALLERS, policy, round -> tell(policy, round)));
        }
      }
    }
    return List.copyOf(reports);
  }

  private void tell(String policy, int round) {
    if (round % 10 == 0) {
      progress.line(policy + ": " + round + " of " + rounds + " rounds");
    }
  }
}
