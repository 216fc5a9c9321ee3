package dev.flotilla.learning.tasktype;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A prompt and what kind of work somebody says it is.
 *
 * @param label the task type
 * @param source where it is from, as far as that says who wrote it
 * @param asksForForm whether its request carries tools or a response format, which decides alone
 */
public record LabelledPrompt(String prompt, String label, String source, boolean asksForForm) {
  /** What a request that asks for a form is. */
  public static final String STRUCTURED = "structured";

  private static final Pattern END_OF_COLLECTION = Pattern.compile("[#/ _]");

  /**
   * Reads a file with {@code {"prompt", "label", "source", "features": {"tools": 2,
   * "response_format": "json_object"}}} in each line; the last two may be missing.
   *
   * @throws BadData naming the line and what to write instead
   */
  public static List<LabelledPrompt> read(Path file) throws IOException, BadData {
    return JsonLines.read(file, LabelledPrompt::of);
  }

  private static LabelledPrompt of(JsonNode line) throws BadData {
    JsonNode features = line.path("features");
    return new LabelledPrompt(
        JsonLines.text(line, "prompt"),
        JsonLines.text(line, "label"),
        END_OF_COLLECTION.split(line.path("source").asText("unknown"), 2)[0],
        features.path("tools").asInt(0) > 0 || features.hasNonNull("response_format"));
  }
}
