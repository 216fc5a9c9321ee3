package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One request of the demo, and what came back. */
record Step(String prompt, ObjectNode body, Answer answer) {
  /** Short enough for a table. */
  String title() {
    return shortened(prompt, 44);
  }

  /** One line of at most {@code length} characters. */
  static String shortened(String text, int length) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= length ? line : line.substring(0, length - 1) + "…";
  }
}
