package dev.flotilla.pipelines.loading;

/**
 * Something in a file that is wrong, or looks wrong.
 *
 * @param file as it was given to the loader
 * @param line from 1; 0 when it concerns the whole file
 * @param place in the words of the file, e.g. {@code copy.prompt}; empty for the whole file
 * @param message what is there
 * @param suggestion what to write instead; empty when nothing can be said
 */
public record Problem(String file, int line, String place, String message, String suggestion) {
  /** In one line, as compilers do it. */
  @Override
  public String toString() {
    return file
        + (line == 0 ? "" : ":" + line)
        + ": "
        + (place.isEmpty() ? "" : place + ": ")
        + message
        + (suggestion.isEmpty() ? "" : "; " + suggestion);
  }
}
