package dev.flotilla.pipelines.loading;

/** A text that cannot be read as one YAML document. */
final class NotYaml extends Exception {
  private static final long serialVersionUID = 1;

  private final int line;
  private final String suggestion;

  NotYaml(int line, String message, String suggestion) {
    super(message, null, false, false);
    this.line = line;
    this.suggestion = suggestion;
  }

  int line() {
    return line;
  }

  String suggestion() {
    return suggestion;
  }
}
