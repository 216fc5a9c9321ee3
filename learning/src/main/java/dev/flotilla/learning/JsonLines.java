package dev.flotilla.learning;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A file with one JSON object per line. */
public final class JsonLines {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonLines() {}

  /** Reads what one line says. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * @throws BadData saying what is wrong with the line, without naming it
     */
    T read(JsonNode line) throws BadData;
  }

  /**
   * All lines but the empty ones.
   *
   * @throws BadData naming the file and the line
   * @throws IOException when the file cannot be read
   */
  public static <T> List<T> read(Path file, Reader<T> reader) throws IOException, BadData {
    var read = new ArrayList<T>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        JsonNode json = JSON.readTree(line);
        if (!json.isObject()) {
          throw new BadData("must be a JSON object, like {\"prompt\": \"…\"}");
        }
        read.add(reader.read(json));
      } catch (JsonProcessingException e) {
        throw new BadData(file + ":" + number + ": is no JSON: " + e.getOriginalMessage());
      } catch (BadData e) {
        throw new BadData(file + ":" + number + ": " + e.getMessage());
      }
    }
    if (read.isEmpty()) {
      throw new BadData(file + ": is empty; write one JSON object per line");
    }
    return List.copyOf(read);
  }

  private static List<String> lines(Path file) throws IOException, BadData {
    try {
      return Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw new BadData(file + ": is not UTF-8 text: " + e.getMessage());
    }
  }

  /**
   * A field that must be a string.
   *
   * @throws BadData when it is not, or blank
   */
  public static String text(JsonNode line, String field) throws BadData {
    JsonNode text = line.path(field);
    if (!text.isTextual() || text.textValue().isBlank()) {
      throw new BadData("'" + field + "' must be a string that is not empty");
    }
    return text.textValue();
  }
}
