package dev.flotilla.learning.gain;

import dev.flotilla.learning.BadData;
import dev.flotilla.learning.gain.KeptQuality.Point;
import dev.flotilla.learning.linear.RidgeRegression;
import dev.flotilla.learning.linear.WeightText;
import dev.flotilla.learning.text.PromptFeatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/**
 * A measured gain as a file of text: what it was trained on, of which two models, one line per
 * percent of strong calls with its threshold and what it keeps, and the model, whose weights are
 * rounded to steps; that moves a gain by less than a hundredth.
 */
public final class GainFile {
  private static final String FIRST = "flotilla gain 1";
  private static final int POINTS = 101;
  private static final int LINES = POINTS + 8;

  private GainFile() {}

  public static void write(MeasuredGain gain, Path file) throws IOException {
    var text = new StringBuilder(FIRST).append('\n');
    line(text, "trained on", gain.trainedOn());
    line(text, "pairs", Integer.toString(gain.pairs()));
    line(text, "weak", gain.weak());
    line(text, "strong", gain.strong());
    for (Point point : gain.kept().points()) {
      line(
          text,
          "kept",
          String.format(
              Locale.ROOT, "%d %.6f %.6f", point.percent(), point.threshold(), point.quality()));
    }
    line(text, "mean", Float.toString((float) gain.model().regression().mean()));
    line(text, "rarity", WeightText.of(gain.model().rarity()));
    line(text, "weights", WeightText.of(gain.model().regression().weights()));
    Files.writeString(file, text);
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(name).append(' ').append(value.replaceAll("\\R", " ")).append('\n');
  }

  /**
   * Reads what was written.
   *
   * @throws BadData when it is something else, or of another version
   */
  public static MeasuredGain read(Path file) throws IOException, BadData {
    List<String> lines = Files.readString(file, StandardCharsets.UTF_8).lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(FIRST)) {
      throw new BadData(
          file
              + " is no gain router of this version, whose first line is \""
              + FIRST
              + "\"; make one with ./fleet train gain");
    }
    try {
      return read(lines);
    } catch (IllegalArgumentException e) {
      throw new BadData(file + " is damaged; make one with ./fleet train gain");
    }
  }

  private static MeasuredGain read(List<String> lines) {
    if (lines.size() != LINES) {
      throw new IllegalArgumentException(lines.size() + " lines");
    }
    Iterator<String> rest = lines.listIterator(1);
    String trainedOn = next(rest, "trained on");
    int pairs = Integer.parseInt(next(rest, "pairs"));
    String weak = next(rest, "weak");
    String strong = next(rest, "strong");
    var points = new ArrayList<Point>();
    for (int i = 0; i < POINTS; i++) {
      String[] point = next(rest, "kept").split(" ", -1);
      if (point.length != 3) {
        throw new IllegalArgumentException("no point: " + String.join(" ", point));
      }
      points.add(
          new Point(
              Integer.parseInt(point[0]),
              Double.parseDouble(point[1]),
              Double.parseDouble(point[2])));
    }
    float mean = Float.parseFloat(next(rest, "mean"));
    if (!Float.isFinite(mean)) {
      throw new IllegalArgumentException("a mean of " + mean);
    }
    double[] rarity = WeightText.read(next(rest, "rarity"), PromptFeatures.SUBJECT_PLACES);
    double[] weights = WeightText.read(next(rest, "weights"), PromptFeatures.SUBJECT_PLACES);
    return new MeasuredGain(
        new GainModel(rarity, new RidgeRegression(weights, mean)),
        weak,
        strong,
        pairs,
        trainedOn,
        new KeptQuality(points));
  }

  private static String next(Iterator<String> lines, String name) {
    String line = lines.next();
    if (!line.startsWith(name + " ")) {
      throw new IllegalArgumentException("no " + name + " but " + line);
    }
    return line.substring(name.length() + 1);
  }
}
