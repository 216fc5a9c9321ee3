package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was found in a document so far. */
final class Findings {
  private final String file;
  private final Document document;
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<Problem> warnings = new LinkedHashSet<>();

  Findings(String file, Document document) {
    this.file = file;
    this.document = document;
  }

  void problem(Place place, String message, String suggestion) {
    problems.add(found(place, document.line(place), message, suggestion));
  }

  /**
   * @param lineOfText of the text that stands there, from 1
   */
  void problem(Place place, int lineOfText, String message, String suggestion) {
    problems.add(found(place, document.line(place, lineOfText), message, suggestion));
  }

  /**
   * @param line 0 when it concerns the whole file
   */
  void atLine(int line, String message, String suggestion) {
    problems.add(new Problem(file, line, "", message, suggestion));
  }

  void warning(Place place, String message, String suggestion) {
    warnings.add(found(place, document.line(place), message, suggestion));
  }

  void warning(Place place, int lineOfText, String message, String suggestion) {
    warnings.add(found(place, document.line(place, lineOfText), message, suggestion));
  }

  /** Whether the document says something there. */
  boolean has(Place place) {
    return document.has(place);
  }

  boolean good() {
    return problems.isEmpty();
  }

  List<Problem> problems() {
    return inOrder(problems);
  }

  List<Problem> warnings() {
    return inOrder(warnings);
  }

  private static List<Problem> inOrder(Set<Problem> found) {
    var sorted = new ArrayList<>(found);
    sorted.sort(Comparator.comparingInt(Problem::line));
    return List.copyOf(sorted);
  }

  private Problem found(Place place, int line, String message, String suggestion) {
    return new Problem(file, line, words(place), message, suggestion);
  }

  /**
   * As people speak of it: by the id of the innermost step, {@code copy.prompt}, or from the top,
   * {@code steps[3].switch[0].when}.
   */
  private String words(Place place) {
    var text = new StringBuilder();
    JsonNode at = document.root();
    for (Object step : place.steps()) {
      if (step instanceof Integer index) {
        at = at.path(index);
        text.append('[').append(index).append(']');
        if (at.path("id").isTextual()) {
          text.setLength(0);
          text.append(at.path("id").textValue());
        }
      } else {
        at = at.path((String) step);
        text.append(text.isEmpty() ? "" : ".").append(step);
      }
    }
    return text.toString();
  }
}
