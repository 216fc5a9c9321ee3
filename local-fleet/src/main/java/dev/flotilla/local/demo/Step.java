package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One request of the demo, and what came back. */
record Step(String prompt, ObjectNode body, Answer answer) {
  /** Short enough for a table. */
  String title() {
    return shortened(prompt, 44);
  }

  static String shortened(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length - 1) + "…";
  }
}
