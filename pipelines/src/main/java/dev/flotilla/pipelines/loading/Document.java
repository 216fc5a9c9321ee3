package dev.flotilla.pipelines.loading;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A YAML document that knows its lines. Anchors and repeated keys are refused. */
final class Document {
  /** Longer files are no pipelines. */
  static final int MOST_CHARACTERS = 256 * 1024;

  private static final int MOST_LEVELS = 50;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final YAMLFactory YAML = new YAMLFactory();

  private final JsonNode root;
  private final Map<Place, Integer> lines;
  private final Map<Place, Integer> textLines;

  private Document(JsonNode root, Map<Place, Integer> lines, Map<Place, Integer> textLines) {
    this.root = root;
    this.lines = lines;
    this.textLines = textLines;
  }

  /** What a file is of which nothing can be read. */
  static Document empty() {
    return new Document(NODES.objectNode(), Map.of(), Map.of());
  }

  static Document read(String text) throws NotYaml {
    if (text.length() > MOST_CHARACTERS) {
      throw new NotYaml(
          0,
          "has " + text.length() + " characters",
          "write at most " + MOST_CHARACTERS + "; move parts of it into pipelines of their own");
    }
    try (YAMLParser parser = YAML.createParser(text)) {
      return new Reader(parser, text).read();
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      // Between what was being read and what was found instead, the parser quotes the file.
      String message =
          String.valueOf(e.getOriginalMessage())
              .lines()
              .filter(line -> !line.startsWith(" "))
              .limit(2)
              .collect(Collectors.joining(", "));
      throw new NotYaml(
          at == null ? 0 : at.getLineNr(),
          "is no YAML: " + message,
          "look for a quote, a bracket or an indentation that does not fit; texts with a colon or a"
              + " brace need quotes");
    } catch (IOException e) {
      throw new NotYaml(0, "is no YAML: " + e.getMessage(), "");
    }
  }

  JsonNode root() {
    return root;
  }

  /** Whether something is said there. */
  boolean has(Place place) {
    return lines.containsKey(place);
  }

  /** The line of a value, or of what surrounds it when it is not there. */
  int line(Place place) {
    for (Place at = place; at != null; at = at.outer()) {
      Integer line = lines.get(at);
      if (line != null) {
        return line;
      }
    }
    return 1;
  }

  /** The line of a line, from 1, of a text. */
  int line(Place place, int lineOfText) {
    Integer first = textLines.get(place);
    return first == null ? line(place) : first + Math.max(lineOfText, 1) - 1;
  }

  private static final class Reader {
    private final YAMLParser parser;
    private final List<String> source;
    private final Map<Place, Integer> lines = new HashMap<>();
    private final Map<Place, Integer> textLines = new HashMap<>();

    Reader(YAMLParser parser, String text) {
      this.parser = parser;
      this.source = text.lines().toList();
    }

    Document read() throws IOException, NotYaml {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new NotYaml(0, "is empty", "write apiVersion, name and steps");
      }
      JsonNode root = value(first, Place.ROOT, 0);
      if (parser.nextToken() != null) {
        throw new NotYaml(
            line(), "has more than one document", "write one pipeline per file, without ---");
      }
      return new Document(root, lines, textLines);
    }

    private int line() {
      return parser.currentTokenLocation().getLineNr();
    }

    private JsonNode value(JsonToken token, Place place, int level) throws IOException, NotYaml {
      if (level > MOST_LEVELS) {
        throw new NotYaml(
            line(),
            "is nested deeper than " + MOST_LEVELS + " levels",
            "move the inner part into a pipeline of its own");
      }
      if (parser.isCurrentAlias()) {
        throw new NotYaml(
            line(),
            "refers to an anchor with *",
            "write the value itself; what steps share belongs under defaults");
      }
      lines.putIfAbsent(place, line());
      return switch (token) {
        case START_OBJECT -> object(place, level);
        case START_ARRAY -> array(place, level);
        case VALUE_STRING -> {
          textLines.put(place, line() + (isBlock() ? 1 : 0));
          yield NODES.textNode(parser.getText());
        }
        case VALUE_NUMBER_INT -> whole();
        case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDecimalValue());
        case VALUE_TRUE -> NODES.booleanNode(true);
        case VALUE_FALSE -> NODES.booleanNode(false);
        default -> NODES.nullNode();
      };
    }

    private JsonNode whole() throws IOException {
      var number = parser.getBigIntegerValue();
      return number.bitLength() < Long.SIZE
          ? NODES.numberNode(number.longValue())
          : NODES.numberNode(number);
    }

    private ObjectNode object(Place place, int level) throws IOException, NotYaml {
      ObjectNode object = NODES.objectNode();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        Place inner = place.then(name);
        if (object.has(name)) {
          throw new NotYaml(
              line(),
              "has '" + name + "' twice in one place, first in line " + lines.get(inner),
              "keep one of them");
        }
        lines.put(inner, line());
        object.set(name, value(parser.nextToken(), inner, level + 1));
      }
      return object;
    }

    private ArrayNode array(Place place, int level) throws IOException, NotYaml {
      ArrayNode array = NODES.arrayNode();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        array.add(value(token, place.then(array.size()), level + 1));
      }
      return array;
    }

    /** Whether the text begins in the line after the one with its | or >. */
    private boolean isBlock() {
      JsonLocation at = parser.currentTokenLocation();
      int line = at.getLineNr() - 1;
      int column = at.getColumnNr() - 1;
      if (line < 0 || line >= source.size() || column < 0 || column >= source.get(line).length()) {
        return false;
      }
      char first = source.get(line).charAt(column);
      return first == '|' || first == '>';
    }
  }
}
