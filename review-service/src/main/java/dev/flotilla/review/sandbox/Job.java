package dev.flotilla.review.sandbox;

import java.util.List;
import java.util.Map;

/**
 * One command and what it finds when it starts.
 *
 * @param command program and arguments, taken as they are; no shell reads them
 * @param files by name, relative to the folder the command starts in
 * @param readable absolute paths it may read, beside the system's own
 */
public record Job(
    List<String> command, Map<String, byte[]> files, List<String> readable, Limits limits) {
  private static final String FILE_NAME =
      "[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*";

  public Job {
    command = List.copyOf(command);
    files = Map.copyOf(files);
    readable = List.copyOf(readable);
    if (command.isEmpty()) {
      throw new IllegalArgumentException("a job without a command");
    }
    for (String name : files.keySet()) {
      if (!isFileName(name)) {
        throw new IllegalArgumentException(name + " is no name for a file");
      }
    }
  }

  /** Whether a file may be called so: it stays in its folder, and no program takes it for more. */
  public static boolean isFileName(String name) {
    return name.length() <= 200 && name.matches(FILE_NAME);
  }
}
