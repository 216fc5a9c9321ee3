package dev.flotilla.learning.tasktype;

import dev.flotilla.learning.BadData;
import dev.flotilla.learning.linear.SoftmaxRegression;
import dev.flotilla.learning.linear.WeightText;
import dev.flotilla.learning.text.PromptFeatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model as a file of text: what it is, what it was trained on, and a line per label with its
 * offset and its weights, which are rounded to steps; that moves a probability by less than a
 * hundredth.
 */
public final class TaskTypeFile {
  private static final String FIRST = "flotilla task types 1";

  private TaskTypeFile() {}

  public static void write(TaskTypeModel model, Path file) throws IOException {
    var text = new StringBuilder(FIRST).append('\n');
    text.append("trained on ").append(model.trainedOn()).append('\n');
    for (int c = 0; c < model.labels().size(); c++) {
      text.append(model.labels().get(c))
          .append(' ')
          .append((float) model.regression().offsets()[c])
          .append(' ')
          .append(WeightText.of(model.regression().weights()[c]))
          .append('\n');
    }
    Files.writeString(file, text);
  }

  /**
   * Reads what was written.
   *
   * @throws BadData when it is something else, or of another version
   */
  public static TaskTypeModel read(Path file) throws IOException, BadData {
    List<String> lines = Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    if (lines.size() < 4 || !lines.getFirst().equals(FIRST)) {
      throw new BadData(
          file
              + " is no model of this version, whose first line is \""
              + FIRST
              + "\"; make one with ./fleet train classifier");
    }
    var labels = new ArrayList<String>();
    double[][] weights = new double[lines.size() - 2][];
    double[] offsets = new double[weights.length];
    try {
      for (int c = 0; c < weights.length; c++) {
        String[] parts = lines.get(c + 2).split(" ", 3);
        labels.add(parts[0]);
        offsets[c] = Float.parseFloat(parts[1]);
        weights[c] = WeightText.read(parts[2], PromptFeatures.PLACES);
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BadData(file + " is damaged; make another one with ./fleet train classifier");
    }
    return new TaskTypeModel(
        labels,
        new SoftmaxRegression(weights, offsets),
        lines.get(1).substring("trained on ".length()));
  }
}
