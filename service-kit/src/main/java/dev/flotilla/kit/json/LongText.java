package dev.flotilla.kit.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A long string of a document that is left where it was read, escapes and all: most are passed on
 * and never looked at. Whoever asks for the text gets it made anew each time. It keeps the whole
 * document in memory, and is equal to no short string. Immutable, provided that nobody changes the
 * document.
 */
final class LongText extends ValueNode {
  private static final long serialVersionUID = 1;

  /** Shorter ones are ordinary strings: making them costs less than keeping their document. */
  static final int SHORTEST = 2_048;

  private final transient byte[] document;
  private final int from;
  private final int length;

  /**
   * @param from the first byte after the opening quote
   * @param length up to the closing quote
   */
  LongText(byte[] document, int from, int length) {
    this.document = document;
    this.from = from;
    this.length = length;
  }

  @Override
  public JsonNodeType getNodeType() {
    return JsonNodeType.STRING;
  }

  @Override
  public JsonToken asToken() {
    return JsonToken.VALUE_STRING;
  }

  @Override
  public String textValue() {
    return Json.unescaped(document, from, length);
  }

  @Override
  public String asText() {
    return textValue();
  }

  @Override
  public void serialize(JsonGenerator out, SerializerProvider provider) throws IOException {
    switch (out.getOutputTarget()) {
      case Pieces pieces -> {
        pieces.borrow(document);
        out.writeRawUTF8String(document, from, length);
      }
      case OutputStream bytes -> out.writeRawUTF8String(document, from, length);
      case null, default -> out.writeString(textValue());
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LongText text && textValue().equals(text.textValue());
  }

  @Override
  public int hashCode() {
    return textValue().hashCode();
  }
}
