package dev.flotilla.bench.budgets;

import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A fleet whose callers' teams, names and keys are the same words, and an admin of its own. */
final class BudgetedFleet {
  static final String ADMIN = "sk-admin";

  private BudgetedFleet() {}

  static LocalFleet start(
      Path tree, Path folder, UpstreamProcess upstream, List<String> teams, Terminal progress)
      throws IOException {
    Path keys = folder.resolve("keys.yaml");
    var entries = new StringBuilder(key(ADMIN, "roles: [admin]"));
    teams.forEach(team -> entries.append(key(team, "roles: [caller]")));
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
