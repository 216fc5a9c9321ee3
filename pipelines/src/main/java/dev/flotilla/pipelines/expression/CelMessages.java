package dev.flotilla.pipelines.expression;

import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import java.util.stream.Collectors;

/** What CEL says of an expression, in one line. */
final class CelMessages {
  private CelMessages() {}

  static String of(Exception e) {
    if (e instanceof CelValidationException invalid && !invalid.getErrors().isEmpty()) {
      return invalid.getErrors().stream()
          .limit(2)
          .map(CelMessages::of)
          .collect(Collectors.joining("; "));
    }
    return String.valueOf(e.getMessage());
  }

  private static String of(CelIssue issue) {
    var at = issue.getSourceLocation();
    return (at.getLine() > 1 ? "line " + at.getLine() + ", " : "")
        + "column "
        + (at.getColumn() + 1)
        + ": "
        + plain(issue.getMessage());
  }

  /** Without what only says what else CEL knows. */
  private static String plain(String message) {
    return message
        .replaceFirst("(?s) \\(candidates: .*", "")
        .replaceFirst(" \\(in container ''\\)", "")
        .replaceFirst("(?s) expecting .*", "")
        .replace("mismatched input '<EOF>'", "it ends too early");
  }
}
