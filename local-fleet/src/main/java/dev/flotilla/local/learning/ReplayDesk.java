package dev.flotilla.local.learning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.gain.RecordedPair;
import dev.flotilla.learning.replay.Replay;
import dev.flotilla.learning.replay.ReplayReport;
import dev.flotilla.learning.shadow.LearnerRules;
import dev.flotilla.learning.shadow.Rules;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** {@code ./fleet eval replay}: the learner on recorded answers. */
public final class ReplayDesk {
  private static final double TARGET = 0.97;
  private static final double COST_GOAL = 0.75;

  /**
   * What the cheaper model of the recorded pairs costs beside the stronger one: $0.24 and $24.70
   * per million tokens (Ong et al., RouteLLM, 2024). Of our price list, mistral-small beside
   * claude-opus-5 is the same.
   */
  private static final double CHEAP_COST = 0.01;

  private static final int SEEDS = 10;

  private final Terminal out;

  public ReplayDesk(Terminal out) {
    this.out = out;
  }

  /**
   * Says what the learner keeps, what it costs, and when it decided what.
   *
   * @param numbers by option; those that are missing have their usual values
   */
  public void eval(Path file, Map<String, Double> numbers, boolean json)
      throws IOException, BadData {
    RecordedPair.Recorded recorded = LearningDesk.recorded(file);
    if (recorded.pairs().size() < 2) {
      throw new BadData(
          file
              + " has "
              + recorded.pairs().size()
              + " prompts that the models do not know from their training, but two halves need 2 or"
              + " more");
    }
    LearnerRules rules = rules(numbers, recorded);
    int seeds = (int) Math.round(numbers.getOrDefault("--seeds", (double) SEEDS));
    ReplayReport report = ReplayReport.of(recorded.pairs(), rules, seeds);
    if (json) {
      out.line(json(recorded, report));
    } else {
      print(recorded, report);
    }
  }

  private static LearnerRules rules(Map<String, Double> numbers, RecordedPair.Recorded recorded)
      throws BadData {
    try {
      return LearnerRules.usual(
          Rules.USUAL
              .withTarget(numbers.getOrDefault("--target", TARGET))
              .withWindow(ReplayReport.window(recorded.pairs().size())),
          numbers.getOrDefault("--cheap-cost", CHEAP_COST),
          numbers.getOrDefault("--cost-goal", COST_GOAL));
    } catch (IllegalArgumentException e) {
      throw new BadData(String.valueOf(e.getMessage()));
    }
  }

  private void print(RecordedPair.Recorded recorded, ReplayReport report) {
    LearnerRules rules = report.rules();
    int window = rules.rules().window();
    out.line(
        "%d prompts answered by %s and %s, whose cost is 1 and of the other %s; %d left out that the models may know from their training"
            .formatted(
                recorded.pairs().size(),
                recorded.weak(),
                recorded.strong(),
                decimal(2, rules.cheapCost()),
                recorded.leftOut()));
    if (window == recorded.pairs().size()) {
      out.line("There are too few requests for windows of 1000: the window is all of them.");
    }
    var table =
        new Table(
            "order",
            ">lowest window",
            ">quality",
            ">cost, first half",
            ">second half",
            ">cheap",
            ">both asked",
            ">spent to learn");
    List<Replay> all = report.replays();
    all.forEach(each -> table.row(cells(Long.toString(each.seed()), List.of(each), false)));
    table.row(cells("mean", all, false));
    table.row(cells("worst", all, true));
    table.print(out);
    out.line("");
    for (Replay replay : all) {
      if (replay.events().isEmpty()) {
        out.line("order " + replay.seed() + ": nothing was decided; shadows went on to the end");
      }
      for (Replay.Event event : replay.events()) {
        out.line(
            "order %d, after %d requests%s: %s"
                .formatted(
                    replay.seed(),
                    event.after(),
                    event.kind().isEmpty() ? "" : " (" + event.kind() + ")",
                    event.change().why()));
      }
    }
    out.line("");
    out.line(
        "No window of %d below %s: %d of %d orders. Second half at %s or less: %d. Both: %d."
            .formatted(
                window,
                decimal(2, rules.rules().target()),
                report.held(),
                all.size(),
                decimal(2, rules.costGoal()),
                report.cheapEnough(),
                report.both()));
  }

  private static String[] cells(String name, List<Replay> of, boolean worst) {
    return new String[] {
      name,
      decimal(4, worst ? least(of, Replay::lowest) : mean(of, Replay::lowest)),
      decimal(4, worst ? least(of, Replay::quality) : mean(of, Replay::quality)),
      decimal(3, worst ? most(of, Replay::costOfFirstHalf) : mean(of, Replay::costOfFirstHalf)),
      decimal(3, worst ? most(of, Replay::costOfSecondHalf) : mean(of, Replay::costOfSecondHalf)),
      decimal(0, worst ? least(of, Replay::cheap) : mean(of, Replay::cheap)),
      decimal(0, worst ? most(of, Replay::shadows) : mean(of, Replay::shadows)),
      decimal(1, worst ? most(of, Replay::shadowCost) : mean(of, Replay::shadowCost))
    };
  }

  private static double mean(List<Replay> of, ToDoubleFunction<Replay> what) {
    return of.stream().mapToDouble(what).average().orElse(0);
  }

  private static double least(List<Replay> of, ToDoubleFunction<Replay> what) {
    return of.stream().mapToDouble(what).min().orElse(0);
  }

  private static double most(List<Replay> of, ToDoubleFunction<Replay> what) {
    return of.stream().mapToDouble(what).max().orElse(0);
  }

  private static String json(RecordedPair.Recorded recorded, ReplayReport report) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    LearnerRules rules = report.rules();
    json.put("cheap", recorded.weak())
        .put("strong", recorded.strong())
        .put("requests", recorded.pairs().size())
        .put("left_out", recorded.leftOut())
        .put("window", rules.rules().window())
        .put("target", rules.rules().target())
        .put("cost_goal", rules.costGoal())
        .put("cheap_cost", rules.cheapCost())
        .put("orders_held", report.held())
        .put("orders_cheap_enough", report.cheapEnough())
        .put("orders_both", report.both());
    var orders = json.putArray("orders");
    for (Replay replay : report.replays()) {
      ObjectNode order = orders.addObject();
      order
          .put("seed", replay.seed())
          .put("lowest_window", replay.lowest())
          .put("quality", replay.quality())
          .put("cost_first_half", replay.costOfFirstHalf())
          .put("cost_second_half", replay.costOfSecondHalf())
          .put("cheap_requests", replay.cheap())
          .put("both_asked", replay.shadows())
          .put("spent_to_learn", replay.shadowCost());
      var events = order.putArray("events");
      for (Replay.Event event : replay.events()) {
        events
            .addObject()
            .put("after", event.after())
            .put("task_type", event.kind())
            .put("stage", event.change().to().name().toLowerCase(Locale.ROOT))
            .put("why", event.change().why());
      }
    }
    return json.toString();
  }

  private static String decimal(int places, double number) {
    return String.format(Locale.ROOT, "%." + places + "f", number);
  }
}
