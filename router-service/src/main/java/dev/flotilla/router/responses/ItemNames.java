package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;

/** Ids of a response's items: nobody looks them up, but each is its own. One thread at a time. */
final class ItemNames {
  private final String base;
  private int next;

  ItemNames(JsonNode completion) {
    this.base = base(completion);
  }

  /** The part of an answer's id that all ids within it share. */
  static String base(JsonNode completion) {
    return completion.path("id").asText("").replaceFirst("^(chatcmpl-|resp_)", "");
  }

  /**
   * @param kind what an id begins with, e.g. {@code msg}
   */
  String next(String kind) {
    return kind + "_" + base + "_" + next++;
  }
}
