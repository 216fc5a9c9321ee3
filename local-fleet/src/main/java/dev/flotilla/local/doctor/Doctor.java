package dev.flotilla.local.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;

/** Looks at everything a fleet needs, and at the one that runs. */
public final class Doctor {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final FleetOptions options;
  private final Terminal out;

  private record Report(boolean ok, List<Finding> findings) {}

  public Doctor(FleetOptions options, Terminal out) {
    this.options = options;
    this.out = out;
  }

  /** Returns whether all is well. */
  public boolean run(boolean json) {
    var findings = findings();
    var ok = findings.stream().allMatch(Finding::isWell);
    if (json) {
      print(new Report(ok, findings));
    } else {
      print(findings);
    }
    return ok;
  }

  List<Finding> findings() {
    var running = FleetState.runningIn(StateDirectory.at(options.state()));
    var findings = new ArrayList<Finding>();
    findings.addAll(new Tools(options.environment()).look());
    findings.addAll(new Machine(options).look());
    findings.addAll(new Stores(options.environment()).look());
    // The ports of a running fleet are taken by itself.
    findings.addAll(
        running.map(fleet -> new RunningFleet(fleet).look()).orElseGet(new Ports(options)::look));
    return findings;
  }

  private void print(List<Finding> findings) {
    var table = new Table("", "what", "found");
    findings.forEach(
        finding -> table.row(finding.isWell() ? "ok" : "!!", finding.what(), finding.found()));
    table.print(out);
    var problems = findings.stream().filter(finding -> !finding.isWell()).toList();
    out.line("");
    out.line(problems.isEmpty() ? out.green("All is well.") : out.red("What to do:"));
    problems.forEach(problem -> out.line("  " + problem.what() + ": " + problem.remedy()));
  }

  private void print(Report report) {
    try {
      out.line(JSON.writeValueAsString(report));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is plain data", e);
    }
  }
}
