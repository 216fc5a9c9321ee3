package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** JSON of any shape as named texts, for people to read. */
final class Texts {
  private static final int MOST_DEPTH = 6;

  private Texts() {}

  /**
   * @param name where it stands
   */
  record Text(String name, String text) {}

  static List<Text> of(JsonNode json) {
    var texts = new ArrayList<Text>();
    add("", json, 0, texts);
    return texts;
  }

  private static void add(String name, JsonNode json, int depth, List<Text> texts) {
    if (json.isMissingNode() || json.isNull()) {
      return;
    }
    if (depth < MOST_DEPTH && json.isObject()) {
      json.properties()
          .forEach(
              one ->
                  add(
                      name.isEmpty() ? one.getKey() : name + " › " + one.getKey(),
                      one.getValue(),
                      depth + 1,
                      texts));
    } else if (json.isArray() && !json.isEmpty() && isFlat(json)) {
      texts.add(
          new Text(
              name,
              StreamSupport.stream(json.spliterator(), false)
                  .map(JsonNode::asText)
                  .collect(Collectors.joining("\n"))));
    } else if (json.isTextual()) {
      texts.add(new Text(name, json.textValue()));
    } else {
      texts.add(new Text(name, json.isContainerNode() ? json.toPrettyString() : json.asText()));
    }
  }

  /** Whether a list has texts and numbers only. */
  private static boolean isFlat(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).noneMatch(JsonNode::isContainerNode);
  }
}
