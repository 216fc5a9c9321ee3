package dev.flotilla.provider.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Usage;
import dev.flotilla.contracts.ledger.AttemptUsage;
import org.jspecify.annotations.Nullable;

/**
 * The least that an attempt has cost once its provider has begun to write. An attempt of which
 * nothing was received has no such thing: perhaps it was never sent.
 */
public final class Floor {
  /**
   * Prose has four to five bytes a token in today's vocabularies, code and other scripts have
   * fewer. So six count too little, which a floor may.
   */
  private static final long BYTES_PER_TOKEN = 6;

  private Floor() {}

  /**
   * In nano-dollars. Counts no token exactly, so that it may be asked again and again while a
   * stream runs; pictures and sound count nothing.
   *
   * @param reported what the provider says so far; null when it has not said
   * @param written bytes of what it wrote so far
   */
  public static long nanos(
      Price price, ObjectNode request, @Nullable AttemptUsage reported, long written) {
    if (reported != null) {
      return Cost.nanos(price, reported);
    }
    // Nobody knows yet what came from the provider's prompt cache, so the cheapest counts.
    long cheapestInput = Math.min(price.input(), price.cacheRead());
    long cheapestOutput = Math.min(price.output(), price.reasoning());
    var cheapest =
        new Price(
            price.from(), price.source(), cheapestInput, 0, 0, 0, cheapestOutput, cheapestOutput);
    return cheapest.nanos(
        Usage.text(promptBytes(request) / BYTES_PER_TOKEN, written / BYTES_PER_TOKEN));
  }

  private static long promptBytes(ObjectNode request) {
    long bytes = 0;
    for (JsonNode message : request.path("messages")) {
      JsonNode content = message.path("content");
      bytes += bytes(content.asText(""));
      for (JsonNode part : content) {
        bytes += bytes(part.path("text").asText(""));
      }
    }
    return bytes;
  }

  /** Of a text in UTF-8; half a character counts as one. */
  public static long bytes(CharSequence text) {
    return text.codePoints().mapToLong(Floor::bytes).sum();
  }

  private static long bytes(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
