package dev.flotilla.bench.budgets;

import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.bench.upstream.Pace;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** {@code ./fleet budgets}: a race for a budget that refuses and one for a budget that serves. */
public final class Races {
  private static final int CALLERS = 200;
  private static final int LATENCY_MILLIS = 20;
  private static final String ADMIN = "admin";
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
        var fleet = start(folder.path(), upstream)) {
      upstream.pace(new Pace(LATENCY_MILLIS, 1, 0));
      for (String policy : POLICIES) {
        var course =
            new Course(
                fleet.url(),
                fleet.opsUrl(Service.PROVIDER),
                ADMIN,
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

  private LocalFleet start(Path folder, UpstreamProcess upstream) throws IOException {
    Path keys = folder.resolve("keys.yaml");
    var entries = new StringBuilder(key(ADMIN, "roles: [admin]"));
    POLICIES.forEach(policy -> entries.append(key(policy, "roles: [caller]")));
    Files.writeString(keys, entries);
    return LocalFleet.startUntilExit(
        FleetOptions.inTree(tree)
            .withState(folder.resolve("state"))
            .withPorts(FleetPorts.free())
            .withConfigDirectory(tree.resolve("bench").resolve("config"))
            .with("FLOTILLA_KEYS_FILE", keys.toString())
            .with("FLOTILLA_PROVIDERS_ENABLED", "bench")
            .with("FLOTILLA_TRACING_RATIO", "0")
            .with("OPENAI_BASE_URL", upstream.address() + "/v1"),
        progress::line,
        changed -> {});
  }

  /** Of a team of the same name. */
  private static String key(String name, String roles) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return "- {id: k_%s, sha256: %s, team: %s, %s}\n"
          .formatted(name, HexFormat.of().formatHex(hash), name, roles);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
