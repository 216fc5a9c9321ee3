package dev.flotilla.pipelines.schema;

/**
 * A place where a value is not as its schema says.
 *
 * @param pointer JSON pointer into the value; empty for all of it
 * @param message without the place
 */
public record Violation(String pointer, String message) {
  @Override
  public String toString() {
    return (pointer.isEmpty() ? "/" : pointer) + ": " + message;
  }
}
