package dev.flotilla.review.verification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a request says about one verifier, read strictly. Not thread-safe. */
final class Parameters {
  private static final int LONGEST_TEXT = 1_000;
  private static final int MOST_TEXTS = 200;

  private final String verifier;
  private final ObjectNode written;
  private final TreeSet<String> known = new TreeSet<>();

  Parameters(String verifier, ObjectNode written) {
    this.verifier = verifier;
    this.written = written;
  }

  String verifier() {
    return verifier;
  }

  int wholeNumber(String name, int least, int most) throws BadVerifier {
    JsonNode value = value(name);
    if (value.isInt() && value.intValue() >= least && value.intValue() <= most) {
      return value.intValue();
    }
    throw wrong(name, "is no whole number from " + least + " to " + most);
  }

  String text(String name, String example) throws BadVerifier {
    JsonNode value = value(name);
    if (value.isTextual()
        && !value.textValue().isEmpty()
        && value.textValue().length() <= LONGEST_TEXT) {
      return value.textValue();
    }
    throw wrong(
        name, "is no string of 1 to " + LONGEST_TEXT + " characters; write e.g. " + example);
  }

  /** One of some words. */
  String word(String name, List<String> words) throws BadVerifier {
    JsonNode value = value(name);
    if (value.isTextual() && words.contains(value.textValue())) {
      return value.textValue();
    }
    throw wrong(name, "is none of " + words);
  }

  /** One of some words; the first of them when nothing is said. */
  String wordOrFirst(String name, List<String> words) throws BadVerifier {
    return value(name).isMissingNode() ? words.getFirst() : word(name, words);
  }

  /** At least one. */
  List<String> texts(String name) throws BadVerifier {
    JsonNode value = value(name);
    var texts = new ArrayList<String>();
    value.forEach(each -> texts.add(each.asText("").strip()));
    if (!value.isArray()
        || texts.isEmpty()
        || texts.size() > MOST_TEXTS
        || texts.stream().anyMatch(text -> text.isEmpty() || text.length() > LONGEST_TEXT)) {
      throw wrong(name, "is no list of 1 to " + MOST_TEXTS + " strings");
    }
    return texts;
  }

  /** Some of some words; none when nothing is said. */
  List<String> words(String name, List<String> words) throws BadVerifier {
    if (value(name).isMissingNode()) {
      return List.of();
    }
    List<String> texts = texts(name);
    if (!words.containsAll(texts)) {
      throw wrong(name, "has others than " + words);
    }
    return texts;
  }

  JsonNode tree(String name) throws BadVerifier {
    JsonNode value = value(name);
    if (value.isMissingNode()) {
      throw wrong(name, "is missing");
    }
    return value;
  }

  /** Texts by name, exactly those; an empty object when none are wanted and none given. */
  Map<String, String> textsByName(String name, List<String> names, int longest) throws BadVerifier {
    JsonNode value = value(name);
    var texts = new TreeMap<String, String>();
    for (var each : value.properties()) {
      if (!each.getValue().isTextual() || each.getValue().textValue().length() > longest) {
        throw wrong(
            name + "." + each.getKey(), "is no string of at most " + longest + " characters");
      }
      texts.put(each.getKey(), each.getValue().textValue());
    }
    if (!texts.keySet().equals(new TreeSet<>(names))) {
      throw wrong(name, "must hold exactly " + names + ", each with what is in it");
    }
    return texts;
  }

  BadVerifier wrong(String name, String why) {
    return new BadVerifier("verify: " + verifier + "." + name + " " + why + ".");
  }

  /**
   * To be called when everything was read.
   *
   * @throws BadVerifier when there is more
   */
  void nothingElse() throws BadVerifier {
    for (var field : written.properties()) {
      if (!field.getKey().equals("name") && !known.contains(field.getKey())) {
        throw wrong(
            field.getKey(),
            known.isEmpty()
                ? "is not known; it has no parameters"
                : "is not known; its parameters are " + known);
      }
    }
  }

  private JsonNode value(String name) {
    known.add(name);
    JsonNode value = written.path(name);
    return value.isNull() ? written.path("") : value;
  }
}
