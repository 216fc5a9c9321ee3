package dev.flotilla.pipelines.picture;

import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Branch;
import dev.flotilla.pipelines.definition.Node;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.definition.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline as a picture: one below the other what is done one after the other, side by side what
 * is done at the same time or instead of each other.
 */
public final class Graph {
  private static final int MARGIN = 16;
  private static final int GAP = 26;
  private static final int BESIDE = 16;
  private static final int PADDING = 10;
  private static final int HEADING = 20;
  private static final int LEAST_WIDTH = 150;
  private static final int MOST_CHARACTERS = 42;

  private Graph() {}

  /** As SVG. */
  public static String svg(Pipeline pipeline) {
    Drawing drawing = column(pipeline.nodes());
    int heading = 2 * Svg.LINE + PADDING;
    int width =
        Math.max(
                drawing.width(),
                Svg.CHARACTER * Svg.shortened(pipeline.description(), 100).length())
            + 2 * MARGIN;
    var svg =
        new Svg(
            width,
            drawing.height() + heading + 2 * MARGIN,
            "Pipeline " + pipeline.name(),
            description(pipeline));
    svg.text("name", MARGIN, MARGIN + Svg.LINE - 4, pipeline.name());
    svg.text("note", MARGIN, MARGIN + 2 * Svg.LINE - 4, Svg.shortened(pipeline.description(), 100));
    drawing.draw(svg, MARGIN, MARGIN + heading);
    return svg.end();
  }

  /** What is drawn, once its place is known. */
  private interface Pen {
    void draw(Svg svg, int x, int y);
  }

  private record Drawing(int width, int height, Pen pen) {
    void draw(Svg svg, int x, int y) {
      pen.draw(svg, x, y);
    }
  }

  private static Drawing drawing(Node node) {
    return switch (node) {
      case Step step -> box(step);
      case Node.Parallel(List<Node> nodes) ->
          row("at the same time", nodes.stream().map(Graph::drawing).toList());
      case Node.Switch(List<Branch> branches) ->
          row("the first that holds", branches.stream().map(Graph::branch).toList());
    };
  }

  private static Drawing column(List<Node> nodes) {
    List<Drawing> parts = nodes.stream().map(Graph::drawing).toList();
    int width = parts.stream().mapToInt(Drawing::width).max().orElse(0);
    int height = parts.stream().mapToInt(Drawing::height).sum() + GAP * (parts.size() - 1);
    return new Drawing(
        width,
        height,
        (svg, x, y) -> {
          int at = y;
          for (int i = 0; i < parts.size(); i++) {
            Drawing part = parts.get(i);
            if (i > 0) {
              svg.arrow(x + width / 2.0, at - GAP, x + width / 2.0, at);
            }
            part.draw(svg, x + (width - part.width()) / 2, at);
            at += part.height() + GAP;
          }
        });
  }

  private static Drawing row(String heading, List<Drawing> parts) {
    int width =
        Math.max(
            parts.stream().mapToInt(Drawing::width).sum()
                + BESIDE * (parts.size() - 1)
                + 2 * PADDING,
            heading.length() * Svg.CHARACTER + 2 * PADDING);
    int height = parts.stream().mapToInt(Drawing::height).max().orElse(0) + HEADING + 2 * PADDING;
    return new Drawing(
        width,
        height,
        (svg, x, y) -> {
          svg.box("frame", x, y, width, height);
          svg.text("note", x + PADDING, y + HEADING - 4, heading);
          int at = x + PADDING;
          for (Drawing part : parts) {
            part.draw(svg, at, y + HEADING + PADDING);
            at += part.width() + BESIDE;
          }
        });
  }

  private static Drawing branch(Branch branch) {
    String condition =
        branch.when() == null
            ? "otherwise"
            : Svg.shortened("when " + branch.when().source(), MOST_CHARACTERS);
    Drawing inside = column(branch.nodes());
    int width = Math.max(inside.width(), condition.length() * Svg.CHARACTER);
    return new Drawing(
        width,
        inside.height() + HEADING,
        (svg, x, y) -> {
          svg.text("note", x, y + HEADING - 7, condition);
          inside.draw(svg, x + (width - inside.width()) / 2, y + HEADING);
        });
  }

  private static Drawing box(Step step) {
    List<String> lines = lines(step);
    int longest = lines.stream().mapToInt(String::length).max().orElse(0);
    int width = Math.max(LEAST_WIDTH, longest * Svg.CHARACTER + 2 * PADDING);
    int height = lines.size() * Svg.LINE + 2 * PADDING - 4;
    return new Drawing(
        width,
        height,
        (svg, x, y) -> {
          svg.box("box", x, y, width, height);
          for (int i = 0; i < lines.size(); i++) {
            svg.text(
                i == 0 ? "name" : "note",
                x + PADDING,
                y + PADDING + Svg.LINE * (i + 1) - 6,
                lines.get(i));
          }
        });
  }

  private static List<String> lines(Step step) {
    var lines = new ArrayList<String>();
    lines.add(step.id());
    lines.add(Svg.shortened(action(step.action()), MOST_CHARACTERS));
    if (step.each() != null) {
      lines.add(Svg.shortened("for each " + step.each().list().source(), MOST_CHARACTERS));
    }
    if (step.when() != null) {
      lines.add(Svg.shortened("when " + step.when().source(), MOST_CHARACTERS));
    }
    return lines;
  }

  private static String action(Action action) {
    return switch (action) {
      case Action.ModelCall call ->
          "asks " + target(call.target()) + (call.stream() ? ", streams" : "");
      case Action.Check(var rules) ->
          "checks " + (rules.size() == 1 ? "a rule" : rules.size() + " rules");
      case Action.Classify _ -> "classifies";
      case Action.HttpCall call -> call.method() + " " + call.connection();
      case Action.Value _ -> "makes a value";
      case Action.Human human -> "asks a person in " + human.queue();
      case Action.Review review -> "is reviewed by " + review.policy();
      case Action.SubPipeline call -> "runs " + call.pipeline();
    };
  }

  private static String target(Target target) {
    return switch (target) {
      case Target.Auto() -> "a model";
      case Target.ByTaskType(String type, _) -> "a model for " + type + " work";
      case Target.ByModel(_, String model, _) -> model;
    };
  }

  private static String description(Pipeline pipeline) {
    var text = new StringBuilder(pipeline.description());
    for (Step step : pipeline.steps()) {
      text.append(text.isEmpty() ? "" : " ")
          .append(String.format(Locale.ROOT, "%d. %s", step.index() + 1, step.id()))
          .append(' ')
          .append(action(step.action()))
          .append(condition(step.when() == null ? null : step.when().source()))
          .append('.');
    }
    return text.toString();
  }

  private static String condition(@Nullable String when) {
    return when == null ? "" : " when " + Svg.shortened(when, MOST_CHARACTERS);
  }
}
