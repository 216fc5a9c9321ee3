package dev.flotilla.kit.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * Makes a tree of a document as Jackson does it, except that long strings stay where they are: see
 * {@link LongText}. One document each; not thread-safe.
 */
final class TreeReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final byte[] document;
  private final JsonParser parser;

  TreeReader(byte[] document, JsonParser parser) {
    this.document = document;
    this.parser = parser;
  }

  /**
   * Reads the whole document.
   *
   * @throws NotJson when it is another value than an object
   * @throws com.fasterxml.jackson.core.JsonProcessingException when it is no JSON, an object has a
   *     name twice, or something follows
   */
  ObjectNode object() throws IOException, NotJson {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new NotJson("it is another JSON value than an object; begin it with '{'");
    }
    ObjectNode object = members();
    if (parser.nextToken() != null) {
      throw MismatchedInputException.from(parser, ObjectNode.class, "Trailing token");
    }
    return object;
  }

  private ObjectNode members() throws IOException {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (object.replace(name, value(parser.nextToken())) != null) {
        throw MismatchedInputException.from(parser, ObjectNode.class, "Duplicate field");
      }
    }
    return object;
  }

  private ArrayNode items() throws IOException {
    ArrayNode array = NODES.arrayNode();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      array.add(value(token));
    }
    return array;
  }

  private JsonNode value(JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> members();
      case START_ARRAY -> items();
      case VALUE_STRING -> string();
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
                NODES.numberNode(parser.getBigIntegerValue());
          };
      case VALUE_NUMBER_FLOAT -> DecimalNode.valueOf(parser.getDecimalValue());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw MismatchedInputException.from(parser, JsonNode.class, "No value");
    };
  }

  /** The parser checks a string that nobody asked for when it goes on, without copying it. */
  private JsonNode string() throws IOException {
    int quote = (int) parser.currentTokenLocation().getByteOffset();
    if (quote >= 0 && quote < document.length && document[quote] == '"') {
      int end = end(quote + 1);
      if (end - quote > LongText.SHORTEST) {
        return new LongText(document, quote + 1, end - quote - 1);
      }
    }
    return NODES.textNode(parser.getText());
  }

  /** Where the closing quote is; the document's end when there is none. */
  private int end(int from) {
    int at = from;
    while (at < document.length && document[at] != '"') {
      at += document[at] == '\\' ? 2 : 1;
    }
    return Math.min(at, document.length);
  }
}
