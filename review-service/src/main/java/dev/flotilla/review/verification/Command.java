package dev.flotilla.review.verification;

import dev.flotilla.review.sandbox.Limits;
import java.util.List;
import java.util.Map;

/**
 * A tool as the operator configured it. No artifact and no request changes what is run.
 *
 * @param run programs with their arguments, one after the other until one fails; each in a fresh
 *     room
 * @param artifact name of the file the artifact is written to
 * @param given names of the files a request must bring along, such as tests; may be none
 * @param files further files by name, always the same
 * @param readable absolute paths it may read, beside the system's
 */
record Command(
    String name,
    List<List<String>> run,
    String artifact,
    List<String> given,
    Map<String, String> files,
    List<String> readable,
    Limits limits) {
  Command {
    run = run.stream().map(List::copyOf).toList();
    given = List.copyOf(given);
    files = Map.copyOf(files);
    readable = List.copyOf(readable);
  }
}
