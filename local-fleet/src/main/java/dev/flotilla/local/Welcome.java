package dev.flotilla.local;

import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.terminal.Terminal;
import java.net.URI;
import java.nio.file.Path;

/** What to do with a fleet that is up. */
final class Welcome {
  private final Terminal out;

  Welcome(Terminal out) {
    this.out = out;
  }

  void show(FleetState fleet, Path tree) {
    var elsewhere =
        fleet.state().equals(tree.resolve(".flotilla").toString())
            ? ""
            : " --state " + fleet.state();
    out.line("");
    out.line(out.bold("Flotilla is up."));
    out.line("  API    " + fleet.url() + "/v1   key: sk-local");
    out.line(
        fleet.simulated()
            ? "  Models the simulator: made-up answers, no real money. Set OPENAI_API_KEY, ANTHROPIC_API_KEY or DEEPSEEK_API_KEY before ./fleet up for real ones"
            : "  Models " + String.join(", ", fleet.providers()) + ", which cost real money");
    out.line("  Logs   " + fleet.state() + "/logs");
    out.line("  Traces " + traces(fleet, elsewhere));
    out.line("  Next   ./fleet demo" + elsewhere + "   |   ./fleet down" + elsewhere);
    out.line("");
    out.line(
        """
        curl -s %s/v1/chat/completions -H 'authorization: Bearer sk-local' -H 'content-type: application/json' \\
          -d '{"model":"auto","messages":[{"role":"user","content":"Translate to French: the ship sails at dawn"}]}'"""
            .formatted(fleet.url()));
  }

  private static String traces(FleetState fleet, String elsewhere) {
    if (fleet.viewerPort() == null) {
      return "go where FLOTILLA_TRACING_OTLP_ENDPOINT says";
    }
    return Traces.shownAt(StateDirectory.at(Path.of(fleet.state())), fleet)
        .map(URI::toString)
        .orElse("./fleet trace" + elsewhere + " shows them");
  }
}
