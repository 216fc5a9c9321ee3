package dev.flotilla.kit.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;

/**
 * Why a document cannot be read, in our words: the parser's own quote what was sent and name
 * switches that a caller does not have.
 */
final class Unreadable {
  private Unreadable() {}

  static String why(JsonProcessingException e) {
    String theirs = String.valueOf(e.getOriginalMessage());
    String what =
        switch (e) {
          case StreamConstraintsException limit when theirs.contains("nesting") ->
              "it is nested deeper than " + Json.MAX_DEPTH + " levels; flatten it";
          case StreamConstraintsException limit when theirs.contains("Number") ->
              "a number has more than " + Json.MAX_DIGITS + " digits; send it as a string";
          case StreamConstraintsException limit -> "a name or a string in it is too long";
          case JsonEOFException end -> "it ends too early; a bracket or a quote is not closed";
          case MismatchedInputException twice when theirs.startsWith("Duplicate") ->
              "a name stands twice in one object; write it once";
          case MismatchedInputException more -> "something follows after its end; send one object";
          default -> syntax(theirs);
        };
    var at = e.getLocation();
    // A location without a line is the parser's way of saying that it does not know.
    return at == null || at.getLineNr() < 1
        ? what
        : what + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  private static String syntax(String theirs) {
    if (theirs.startsWith("Non-standard token")) {
      return "JSON has no NaN and no Infinity; write a number or null";
    }
    if (theirs.contains("CTRL-CHAR")) {
      return "a control character stands in it as it is; write it as an escape such as \\n";
    }
    return "it is not JSON; quote names and strings, and put one comma between values";
  }
}
