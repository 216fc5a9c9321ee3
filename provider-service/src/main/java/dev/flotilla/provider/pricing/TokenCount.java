package dev.flotilla.provider.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.StreamTally;
import dev.flotilla.provider.embedding.Inputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts tokens with OpenAI's newest public vocabulary when a provider does not report them. Other
 * vocabularies differ by some ten per cent, so what comes from here is always flagged as estimated.
 * Milliseconds per call and 40 MB once: for the rare path only. Thread-safe.
 */
public final class TokenCount {
  /** OpenAI's figure for the frame around each message. */
  private static final long PER_MESSAGE = 4;

  /** OpenAI's figure for a picture of 1024 × 1024 in high detail. */
  private static final long PER_MEDIA_PART = 765;

  private static final int SLICE = 16_384;

  private TokenCount() {}

  /** Loaded when the first estimate is needed, which may be never. */
  private static final class Vocabulary {
    static final EncodingRegistry ALL = Encodings.newLazyEncodingRegistry();
    static final Encoding O200K = ALL.getEncoding(EncodingType.O200K_BASE);
  }

  /** The buckets of a request and of what the model wrote in answer to it. */
  public static AttemptUsage estimate(ObjectNode request, String written) {
    return AttemptUsage.text(prompt(request), 0, tokens(written), 0);
  }

  /** The buckets of a stream that broke: what its provider had counted by then, and the rest. */
  public static AttemptUsage estimate(ObjectNode request, StreamTally stream) {
    AttemptUsage counted = stream.counted();
    if (counted == null) {
      return estimate(request, stream.text());
    }
    // A provider that counts while it writes knows better than we what it thought.
    long reasoning = or0(counted.reasoning());
    long written = Math.max(tokens(stream.text()) - reasoning, or0(counted.output()));
    return counted.withOutput(written, reasoning);
  }

  /** The buckets of a request for vectors. */
  public static AttemptUsage estimate(Inputs inputs) {
    long count = 0;
    for (JsonNode input : inputs.each()) {
      count += input.isTextual() ? tokens(input.textValue()) : input.size();
    }
    return AttemptUsage.text(count, 0, 0, 0);
  }

  /**
   * The most tokens that a prompt without media can have: the texts of its messages are counted,
   * and all else of the request, frames included, has at most as many tokens as bytes.
   *
   * @param tokenizer a vocabulary that the catalogue may name
   * @param bodyBytes size of the request as it came
   */
  static long atMost(String tokenizer, ObjectNode request, long bodyBytes) {
    Encoding vocabulary =
        Vocabulary.ALL
            .getEncoding(tokenizer)
            .orElseThrow(() -> new IllegalArgumentException("there is no tokenizer " + tokenizer));
    long bytes = 0;
    long tokens = 0;
    for (JsonNode message : request.path("messages")) {
      JsonNode content = message.path("content");
      for (JsonNode text : content.isTextual() ? List.of(content) : content.findValues("text")) {
        String written = text.asText("");
        bytes += written.getBytes(StandardCharsets.UTF_8).length;
        tokens += tokens(vocabulary, written);
      }
    }
    return Math.min(bodyBytes, tokens + Math.max(0, bodyBytes - bytes));
  }

  private static long or0(@Nullable Long count) {
    return count == null ? 0 : count;
  }

  private static long prompt(ObjectNode request) {
    long count = 0;
    for (JsonNode message : request.path("messages")) {
      JsonNode content = message.path("content");
      count += PER_MESSAGE;
      count += content.isTextual() ? tokens(content.textValue()) : 0;
      for (JsonNode part : content) {
        count += part.has("text") ? tokens(part.path("text").asText()) : PER_MEDIA_PART;
      }
      if (message.has("tool_calls")) {
        count += tokens(Json.text(message.path("tool_calls")));
      }
    }
    if (request.has("tools")) {
      count += tokens(Json.text(request.path("tools")));
    }
    return count;
  }

  /**
   * A slice at a time: ten megabytes without a space are one piece to the vocabulary, which takes a
   * hundred times their size in memory to cut up. A cut costs at most one token too many.
   */
  private static long tokens(String text) {
    return tokens(Vocabulary.O200K, text);
  }

  private static long tokens(Encoding vocabulary, String text) {
    long count = 0;
    for (int from = 0; from < text.length(); from += SLICE) {
      String slice = text.substring(from, Math.min(text.length(), from + SLICE));
      count += vocabulary.countTokensOrdinary(slice);
    }
    return count;
  }
}
