package dev.flotilla.local;

import dev.flotilla.learning.BadData;
import dev.flotilla.local.demo.Demo;
import dev.flotilla.local.demo.PromptFile;
import dev.flotilla.local.demo.PromptRun;
import dev.flotilla.local.demo.RouterClient;
import dev.flotilla.local.doctor.Doctor;
import dev.flotilla.local.images.ChartTrial;
import dev.flotilla.local.images.Images;
import dev.flotilla.local.learning.ConfidenceDesk;
import dev.flotilla.local.learning.LearningDesk;
import dev.flotilla.local.learning.ReplayDesk;
import dev.flotilla.local.learning.ReviewDesk;
import dev.flotilla.local.pipelines.PipelineDesk;
import dev.flotilla.local.prices.Prices;
import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.Journal;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.terminal.Terminal;
import dev.flotilla.local.training.BackgroundTraining;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The Java half of {@code ./fleet}. Start reading at {@link #run}. */
public final class Fleet {
  /** The console's links to traces. */
  private static final String TRACE_URL = "FLOTILLA_CONSOLE_TRACE_URL";

  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;
  static final int NOT_RUNNING = 3;

  /** In the key file that {@code ./fleet up} writes, and in no other. */
  static final String LOCAL_KEY = "sk-local";

  private final Path tree;
  private final Terminal out;
  private final Terminal err;

  Fleet(Path tree, Terminal out, Terminal err) {
    this.tree = tree;
    this.out = out;
    this.err = err;
  }

  public static void main(String[] words) {
    var colour = Terminal.wantsColour(System.console(), System.getenv());
    var fleet =
        new Fleet(
            Path.of(System.getProperty("flotilla.tree", "")).toAbsolutePath(),
            new Terminal(System.out, colour),
            new Terminal(System.err, colour));
    System.exit(fleet.run(List.of(words)));
  }

  int run(List<String> words) {
    try {
      var line = CommandLine.parse(words, tree);
      return switch (line.command()) {
        case "up" -> line.foreground() ? superviseHere(line) : up(line);
        case "supervise" -> supervise(line);
        case "down" -> down(line);
        case "status" -> new Status(StateDirectory.at(line.state()), out).run(line.json());
        case "demo" -> demo(line);
        case "prompts" -> prompts(line);
        case "prices" -> prices(line);
        case "pipeline" -> pipeline(line);
        case "train", "eval" -> learning(line);
        case "trace" -> traces(line, line.json() ? err : out).run(line.subject(), line.json());
        case "backup", "restore" -> backups(line);
        case "images" -> images(line) ? DONE : FAILED;
        case "doctor" -> new Doctor(options(line), out).run(line.json()) ? DONE : FAILED;
        default ->
            throw new CommandLine.WrongUsage(
                "./fleet does not know \"" + line.command() + "\"; see ./fleet help");
      };
    } catch (CommandLine.WrongUsage e) {
      err.line(String.valueOf(e.getMessage()));
      return WRONG_USAGE;
    } catch (CannotStart | BadData e) {
      err.line(err.red(String.valueOf(e.getMessage())));
      return FAILED;
    } catch (IOException e) {
      err.line(err.red(e.getMessage() == null ? e.toString() : e.getMessage()));
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private boolean images(CommandLine line) throws IOException, InterruptedException {
    var ports = new FleetPorts(line.portBase());
    return line.chart()
        ? new ChartTrial(tree, line.base(), ports, out).run()
        : new Images(tree, line.base(), ports, out).run(line.check());
  }

  private int up(CommandLine line) throws IOException, InterruptedException {
    var progress = line.json() ? err : out;
    var state = new Up(options(line), progress).run();
    if (line.trace()) {
      var _ = traces(line, progress).viewerOf(state);
    }
    if (line.json()) {
      out.line(state.toJson());
    } else {
      new Welcome(out).show(state, tree);
    }
    return DONE;
  }

  private int down(CommandLine line) {
    var status = new Down(StateDirectory.at(line.state()), line.json() ? err : out).run();
    if (line.json()) {
      out.line(status == DONE ? "{\"phase\":\"not_running\"}" : "{\"phase\":\"not_ours\"}");
    }
    return status;
  }

  private int superviseHere(CommandLine line) throws IOException, InterruptedException {
    var progress = new Progress(out);
    var fleet = LocalFleet.startUntilExit(options(line), err::line, progress::show);
    if (line.trace()) {
      var _ = traces(line, out).viewerOf(fleet.snapshot());
    }
    new Welcome(out).show(fleet.snapshot(), tree);
    out.line("Ctrl-C stops it.");
    BackgroundTraining.start(tree, err::line);
    forever();
    return DONE;
  }

  /**
   * What {@code up} starts and {@code down} ends. Its stdout and stderr are the supervisor's log.
   */
  private int supervise(CommandLine line) throws InterruptedException {
    Journal journal = note -> out.line(Clock.systemUTC().instant() + " " + note);
    LocalFleet.startUntilExit(options(line), journal, state -> {});
    BackgroundTraining.start(tree, journal);
    forever();
    return DONE;
  }

  private int demo(CommandLine line) throws IOException, InterruptedException {
    if (line.trace()) {
      // Such a fleet stays up: a viewer that goes with the command shows nobody anything.
      var state = new Up(options(line), err).run();
      err.line("Traces: " + traces(line, err).viewerOf(state));
    }
    try (var fleet = running(line)) {
      return new Demo(fleet.client(), fleet.state().simulated(), out).run(line.json())
          ? DONE
          : FAILED;
    }
  }

  private int prompts(CommandLine line) throws IOException, InterruptedException {
    var file =
        line.data() == null ? tree.resolve("examples").resolve("prompts.jsonl") : line.data();
    var prompts = PromptFile.read(file);
    try (var fleet = running(line)) {
      return new PromptRun(fleet.client(), out).run(prompts, line.json()) ? DONE : FAILED;
    }
  }

  private int prices(CommandLine line) throws IOException {
    if (line.data() == null) {
      throw new CommandLine.WrongUsage(
          "./fleet prices needs --data, a folder with public price lists: models-2026-08-01.json and"
              + " such");
    }
    var prices = new Prices(tree.resolve("config").resolve("catalog"), line.data(), out);
    return switch (line.subject() == null ? "" : line.subject()) {
      case "build" -> prices.build() ? DONE : FAILED;
      case "lint" -> prices.lint(LocalDate.now(ZoneOffset.UTC)) ? DONE : FAILED;
      default ->
          throw new CommandLine.WrongUsage("Write ./fleet prices build or ./fleet prices lint");
    };
  }

  private int pipeline(CommandLine line) throws IOException {
    var desk = new PipelineDesk(tree.resolve("config"), out, err);
    return switch (line.subject() == null ? "" : line.subject()) {
      case "check" -> desk.check(line.files()) ? DONE : FAILED;
      case "price" -> desk.price(line.files(), line.input(), line.json()) ? DONE : FAILED;
      default ->
          throw new CommandLine.WrongUsage(
              "Write ./fleet pipeline check FILE… or ./fleet pipeline price FILE --input '{…}'");
    };
  }

  private int learning(CommandLine line) throws IOException, BadData {
    String what = line.command() + " " + line.subject();
    var known =
        Set.of(
            "train classifier",
            "train confidence",
            "train gain",
            "eval classifier",
            "eval confidence",
            "eval routing",
            "eval replay",
            "eval review");
    if (!known.contains(what)) {
      throw new CommandLine.WrongUsage(
          "Write ./fleet train classifier, train confidence, train gain, eval classifier, eval confidence, eval"
              + " routing, eval replay or eval review, and --data FILE");
    }
    if (line.data() == null) {
      throw new CommandLine.WrongUsage(
          "./fleet "
              + what
              + " needs --data, "
              + (what.equals("eval review")
                  ? "a folder with golden.jsonl and findings.jsonl"
                  : "a file with one JSON object per line"));
    }
    var desk = new LearningDesk(tree, out);
    switch (what) {
      case "train classifier" -> desk.trainClassifier(line.data());
      case "train gain" -> desk.trainGain(line.data(), target(line.out()));
      case "eval classifier" -> desk.evalClassifier(line.data(), line.json());
      case "train confidence" -> new ConfidenceDesk(tree, out).train(line.data());
      case "eval confidence" -> new ConfidenceDesk(tree, out).eval(line.data(), line.json());
      case "eval review" -> new ReviewDesk(out).eval(line.data(), line.json());
      case "eval replay" -> new ReplayDesk(out).eval(line.data(), line.numbers(), line.json());
      default -> desk.evalRouting(line.data(), line.json());
    }
    return DONE;
  }

  private int backups(CommandLine line) throws IOException, InterruptedException {
    if (line.subject() == null) {
      throw new CommandLine.WrongUsage(
          "Write ./fleet " + line.command() + " FOLDER, for example ./fleet backup backups/today");
    }
    var backups = new Backups(options(line), Path.of(line.subject()), out);
    boolean done = line.command().equals("backup") ? backups.write() : backups.restore();
    return done ? DONE : FAILED;
  }

  private static Path target(@Nullable Path out) {
    if (out == null) {
      throw new CommandLine.WrongUsage(
          "./fleet train gain needs --out, the file to write, for example config/standard.gain");
    }
    return out;
  }

  /** The fleet that runs, or one for the time of the command. */
  private Visit running(CommandLine line) {
    var state = FleetState.runningIn(StateDirectory.at(line.state()));
    if (state.isPresent()) {
      return new Visit(state.get(), () -> {});
    }
    err.line("No fleet runs here; starting one for this command.");
    var progress = new Progress(err);
    var fleet = LocalFleet.startUntilExit(options(line), err::line, progress::show);
    return new Visit(fleet.snapshot(), fleet::close);
  }

  private record Visit(FleetState state, Runnable leave) implements AutoCloseable {
    RouterClient client() {
      return new RouterClient(URI.create(state.url()), LOCAL_KEY);
    }

    @Override
    public void close() {
      leave.run();
    }
  }

  private Traces traces(CommandLine line, Terminal progress) {
    return new Traces(tree, StateDirectory.at(line.state()), out, progress);
  }

  private FleetOptions options(CommandLine line) {
    var ports = new FleetPorts(line.portBase());
    var options = FleetOptions.inTree(tree).withState(line.state()).withPorts(ports);
    return line.trace() && !options.environment().containsKey(TRACE_URL)
        ? options.with(
            TRACE_URL, "http://127.0.0.1:%d/zipkin/traces/{trace}".formatted(ports.viewer()))
        : options;
  }

  private static void forever() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
