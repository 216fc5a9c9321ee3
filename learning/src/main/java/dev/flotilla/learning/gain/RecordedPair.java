package dev.flotilla.learning.gain;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/**
 * A prompt and how good the answers of two models were.
 *
 * @param weak 0 to 1
 * @param strong 0 to 1
 * @param taskType what kind of work it is; "" when the record does not say
 * @param subset of a collection, by subject; "" when the record does not say
 */
public record RecordedPair(
    String prompt, double weak, double strong, String taskType, String subset) {
  public RecordedPair(String prompt, double weak, double strong) {
    this(prompt, weak, strong, "", "");
  }

  /** What the stronger model would have brought; below 0 when it was the worse one. */
  double gain() {
    return strong - weak;
  }

  /**
   * What a file says, and of which models.
   *
   * @param leftOut prompts that are marked as known to the models from their training
   */
  public record Recorded(List<RecordedPair> pairs, String weak, String strong, int leftOut) {
    public Recorded {
      pairs = List.copyOf(pairs);
    }
  }

  private record Line(
      String prompt,
      TreeMap<String, Double> scores,
      boolean contaminated,
      String taskType,
      String subset) {}

  /**
   * Reads a file with {@code {"prompt", "scores": {"a-model": 0, "another": 1}, "contaminated":
   * false}} in each line, and {@code "task_type"} and {@code "subset"} where known. The strong
   * model is the one with the better average.
   *
   * @throws BadData naming the line and what to write instead
   */
  public static Recorded read(Path file) throws IOException, BadData {
    List<Line> lines = JsonLines.read(file, RecordedPair::line);
    List<String> models = List.copyOf(lines.getFirst().scores().keySet());
    for (Line line : lines) {
      if (!List.copyOf(line.scores().keySet()).equals(models)) {
        throw new BadData(file + ": all lines must have scores of the same two models: " + models);
      }
    }
    boolean inOrder = mean(lines, models.get(0)) <= mean(lines, models.get(1));
    String weak = models.get(inOrder ? 0 : 1);
    String strong = models.get(inOrder ? 1 : 0);
    List<RecordedPair> pairs =
        lines.stream()
            .filter(line -> !line.contaminated())
            .map(
                line ->
                    new RecordedPair(
                        line.prompt(),
                        line.scores().getOrDefault(weak, 0.0),
                        line.scores().getOrDefault(strong, 0.0),
                        line.taskType(),
                        line.subset()))
            .toList();
    return new Recorded(pairs, weak, strong, lines.size() - pairs.size());
  }

  private static double mean(List<Line> lines, String model) {
    return lines.stream()
        .mapToDouble(line -> line.scores().getOrDefault(model, 0.0))
        .average()
        .orElse(0);
  }

  private static Line line(JsonNode json) throws BadData {
    var scores = new TreeMap<String, Double>();
    for (var score : json.path("scores").properties()) {
      double value = score.getValue().asDouble(-1);
      if (value < 0 || value > 1) {
        throw new BadData("'scores." + score.getKey() + "' must be a number from 0 to 1");
      }
      scores.put(score.getKey(), value);
    }
    if (scores.size() != 2) {
      throw new BadData("'scores' must have two models, like {\"small\": 0, \"large\": 1}");
    }
    return new Line(
        JsonLines.text(json, "prompt"),
        scores,
        json.path("contaminated").asBoolean(false),
        optional(json, "task_type"),
        optional(json, "subset"));
  }

  private static String optional(JsonNode json, String field) throws BadData {
    return json.path(field).isMissingNode() || json.path(field).isNull()
        ? ""
        : JsonLines.text(json, field);
  }
}
