package dev.flotilla.learning.confidence;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer that somebody looked at.
 *
 * @param taskType which kind of work it was an answer to
 * @param model who gave it, as the catalogue calls it
 * @param good whether it would have done
 */
public record AuditedAnswer(String taskType, String model, Features features, boolean good) {
  /**
   * Reads a file with {@code {"task_type": "bulk", "model": "acme/small", "features": {"logprob":
   * -0.1, "agreement": 0.9, "stated": 1}, "good": 1}} in each line; features may be missing.
   *
   * @throws BadData naming the line and what to write instead
   */
  public static List<AuditedAnswer> read(Path file) throws IOException, BadData {
    return JsonLines.read(file, AuditedAnswer::of);
  }

  private static AuditedAnswer of(JsonNode line) throws BadData {
    JsonNode good = line.path("good");
    if (!good.isBoolean() && !(good.isInt() && (good.intValue() == 0 || good.intValue() == 1))) {
      throw new BadData("'good' must be 1 for an answer that would have done, or 0");
    }
    JsonNode written = line.path("features");
    Features features;
    try {
      features =
          new Features(
              number(written, "logprob"), number(written, "agreement"), number(written, "stated"));
    } catch (IllegalArgumentException e) {
      throw new BadData(String.valueOf(e.getMessage()));
    }
    if (features.logprob() == null && features.agreement() == null) {
      throw new BadData(
          "'features' must have 'logprob', 'agreement' or both; what an answer states of itself says"
              + " too little alone");
    }
    return new AuditedAnswer(
        JsonLines.text(line, "task_type"),
        JsonLines.text(line, "model"),
        features,
        good.asBoolean());
  }

  private static @Nullable Double number(JsonNode features, String name) throws BadData {
    JsonNode number = features.path(name);
    if (number.isMissingNode() || number.isNull()) {
      return null;
    }
    if (!number.isNumber()) {
      throw new BadData("'features." + name + "' must be a number, or left out");
    }
    return number.doubleValue();
  }

  Group group() {
    return new Group(taskType, model);
  }

  /** Answers that are judged alike. */
  record Group(String taskType, String model) {}
}
