package dev.flotilla.local;

import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.terminal.Terminal;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Says once of each part that it became ready, and how long that took. */
final class Progress {
  private final Terminal terminal;
  private final Set<String> told = new HashSet<>();

  Progress(Terminal terminal) {
    this.terminal = terminal;
  }

  synchronized void show(FleetState state) {
    for (var part : state.parts()) {
      if (part.readyAfterMs() != null && told.add(part.name())) {
        terminal.line(
            "  %-9s %s %5s s"
                .formatted(
                    part.name(),
                    terminal.green("ready"),
                    String.format(Locale.ROOT, "%.1f", part.readyAfterMs() / 1000.0)));
      }
    }
  }
}
