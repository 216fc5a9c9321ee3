package dev.flotilla.kit.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Jackson with bounds; trees only, because what callers send must survive as it came. Thread-safe.
 */
public final class Json {
  /** Deeper documents are refused: nothing a model reads is nested like that. */
  public static final int MAX_DEPTH = 200;

  /** Longer numbers are refused: turning their digits into a number takes time for nothing. */
  static final int MAX_DIGITS = 100;

  /**
   * Of readers and writers, 40 KB a pair. By default each thread keeps its own; here a thread is
   * made for each connection, and a stream would hold its buffers for as long as it lasts.
   */
  public static final RecyclerPool<BufferRecycler> BUFFERS =
      JsonRecyclerPools.sharedConcurrentDequePool();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_DIGITS)
                          .maxStringLength(50_000_000)
                          .build())
                  // no excerpt of a prompt in an error message
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  // names are the callers' choice, and what the JVM interns for one it keeps for
                  // all
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .recyclerPool(BUFFERS)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final ObjectWriter PLAIN =
      MAPPER.writer().with(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN);

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * Reads a JSON object. The tree refers to the bytes, which must not be changed any more: its long
   * strings are not copied.
   *
   * @throws NotJson when the bytes are anything else; its message is safe to show
   */
  public static ObjectNode parseObject(byte[] bytes) throws NotJson {
    if (bytes.length == 0) {
      throw new NotJson("it is empty; a JSON object was expected");
    }
    if (!isUtf8(bytes)) {
      throw new NotJson("it is not UTF-8 text; encode it so");
    }
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      return new TreeReader(bytes, parser).object();
    } catch (JsonProcessingException e) {
      throw new NotJson(Unreadable.why(e));
    } catch (NumberFormatException e) {
      throw noNumber();
    } catch (IOException e) {
      throw new NotJson("it is not UTF-8 text; encode it so");
    }
  }

  /**
   * Strictly: the parser takes overlong forms and halves of characters, which the next reader may
   * take for something else.
   */
  private static boolean isUtf8(byte[] bytes) {
    if (isAscii(bytes)) {
      return true;
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // a piece at a time: a second full copy of a long body would only be thrown away
    CharBuffer piece = CharBuffer.allocate(Math.min(bytes.length, 8_192));
    CoderResult result;
    do {
      piece.clear();
      result = decoder.decode(in, piece, true);
    } while (result.isOverflow());
    return !result.isError();
  }

  /** What most requests are, told without decoding anything. */
  private static boolean isAscii(byte[] bytes) {
    int seen = 0;
    for (byte one : bytes) {
      seen |= one;
    }
    return seen >= 0;
  }

  /** Any JSON value. */
  public static JsonNode parse(String text) throws NotJson {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new NotJson(Unreadable.why(e));
    } catch (NumberFormatException e) {
      throw noNumber();
    }
  }

  /** The parser takes an exponent of any length, and throws when the number is made of it. */
  private static NotJson noNumber() {
    return new NotJson("it has a number whose exponent is too large; write it as a string");
  }

  /** A string as it stands in a document, between its quotes, which it must have. */
  static String unescaped(byte[] document, int from, int length) {
    int at = from;
    while (at < from + length && document[at] != '\\') {
      at++;
    }
    if (at == from + length) {
      return new String(document, from, length, StandardCharsets.UTF_8);
    }
    try (JsonParser parser = MAPPER.createParser(document, from - 1, length + 2)) {
      parser.nextToken();
      return parser.getText();
    } catch (IOException e) {
      throw new UncheckedIOException("it could be read before", e);
    }
  }

  /**
   * A tree's bytes in pieces, each from its position to its limit: the long strings of a document
   * that was read are pieces of that document.
   */
  public static List<ByteBuffer> pieces(JsonNode tree) {
    try {
      var pieces = new Pieces();
      MAPPER.writeValue(pieces, tree);
      return pieces.all();
    } catch (IOException e) {
      throw new UncheckedIOException("a tree can always be written", e);
    }
  }

  public static byte[] bytes(JsonNode tree) {
    try {
      return MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree can always be written", e);
    }
  }

  /**
   * Like {@link #bytes}, with numbers as plain decimals: what callers see, because money must never
   * read 1.23E-4.
   */
  public static byte[] plainBytes(JsonNode tree) {
    try {
      return PLAIN.writeValueAsBytes(tree);
    } catch (JsonProcessingException tooManyZeros) {
      // A caller's 1E99999 comes back as it came: money has no such number.
      return bytes(tree);
    }
  }

  public static String text(JsonNode tree) {
    try {
      return MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("a tree can always be written", e);
    }
  }
}
