package dev.flotilla.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSONL file of prompts: one object with {@code id}, {@code prompt} and {@code label} per line.
 */
public final class PromptFile {
  private PromptFile() {}

  public static List<LabelledPrompt> read(Path file) throws IOException {
    var prompts = new ArrayList<LabelledPrompt>();
    var number = 0;
    for (var line : lines(file)) {
      number++;
      if (!line.isBlank()) {
        prompts.add(prompt(file, number, line));
      }
    }
    if (prompts.isEmpty()) {
      throw new IOException(
          file + " holds no prompts; write one {\"id\":…,\"prompt\":…,\"label\":…} per line");
    }
    return prompts;
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new IOException("There is no file " + file + "; name one with --data FILE", e);
    }
  }

  private static LabelledPrompt prompt(Path file, int number, String line) throws IOException {
    try {
      var json = RouterClient.JSON.readTree(line);
      if (json.path("prompt").asText("").isBlank()) {
        throw new IOException(
            file + " line " + number + " has no \"prompt\"; add one or delete the line");
      }
      return new LabelledPrompt(
          json.path("id").asText(Integer.toString(number)),
          json.path("prompt").asText(),
          json.path("label").asText(""));
    } catch (JsonProcessingException e) {
      throw new IOException(
          file
              + " line "
              + number
              + " is not JSON ("
              + e.getOriginalMessage()
              + "); each line must be one object",
          e);
    }
  }
}
