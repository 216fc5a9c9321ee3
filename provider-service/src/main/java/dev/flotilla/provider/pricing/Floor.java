package dev.flotilla.provider.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Price;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.provider.dialect.StreamTally;
import org.jspecify.annotations.Nullable;

/**
 * The least that an attempt has cost once its provider has begun to write. An attempt of which
 * nothing was received has no such thing: perhaps it was never sent.
 */
public final class Floor {
  /**
   * Prose has about four characters a token beside the blanks between its words, code and other
   * scripts have fewer, in every current vocabulary. So six count too little, which a floor may.
   */
  private static final long CHARACTERS_PER_TOKEN = 6;

  private Floor() {}

  /** The same for a stream that is not at its end. */
  public static long nanos(Price price, ObjectNode request, StreamTally stream) {
    AttemptUsage counted = stream.counted();
    if (stream.usage() != null || counted == null) {
      return nanos(price, request, stream.usage(), stream.written());
    }
    long output = characters(stream.written()) / CHARACTERS_PER_TOKEN;
    AttemptUsage written =
        price.reasoning() < price.output()
            ? counted.withOutput(0, output)
            : counted.withOutput(output, 0);
    return Math.max(Cost.surely(price, written), Cost.surely(price, counted));
  }

  /**
   * In nano-dollars. Counts no token exactly, so that it may be asked again and again while a
   * stream runs; pictures and sound count nothing.
   *
   * @param reported what the provider says so far; null when it has not said
   * @param written what it wrote so far
   */
  public static long nanos(
      Price price, ObjectNode request, @Nullable AttemptUsage reported, CharSequence written) {
    if (reported != null) {
      return Cost.surely(price, reported);
    }
    // Nobody knows yet what came from the provider's prompt cache, so the cheapest counts.
    return price.least(
        prompt(request) / CHARACTERS_PER_TOKEN, characters(written) / CHARACTERS_PER_TOKEN);
  }

  private static long prompt(ObjectNode request) {
    long characters = 0;
    for (JsonNode message : request.path("messages")) {
      JsonNode content = message.path("content");
      characters += characters(content.asText(""));
      for (JsonNode part : content) {
        characters += characters(part.path("text").asText(""));
      }
    }
    return characters;
  }

  /** Without blanks: a whole indentation can be one token. */
  private static long characters(CharSequence text) {
    return text.codePoints().filter(c -> !Character.isWhitespace(c)).count();
  }
}
