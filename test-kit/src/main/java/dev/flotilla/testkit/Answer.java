package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer that follows from a request, without chance and in no dialect: the same texts always
 * cost the same.
 *
 * <ul>
 *   <li>prompt tokens = characters of all texts / 4, rounded up, at least 1
 *   <li>completion tokens = 5 + hash of the texts modulo 60, at most the request's limit
 *   <li>every fourth hash has half of its prompt tokens in the prompt cache
 * </ul>
 *
 * @param number of the answer, from 1: ids are made of it
 * @param said null when words are invented
 * @param filtered whether the provider's filter ended it
 * @param embedded vectors instead of words; null for words
 * @param logprob of each token; null when nobody asked
 */
record Answer(
    long number,
    String model,
    long promptTokens,
    long cachedTokens,
    int completionTokens,
    boolean cutByLimit,
    @Nullable ObjectNode said,
    boolean filtered,
    @Nullable Embedded embedded,
    @Nullable Double logprob) {
  private static final int WORDS_PER_CHUNK = 4;
  private static final int CHARACTERS_PER_CHUNK = 12;

  static Answer to(Tongue.Asked asked, long number) {
    String text = asked.prompt();
    long promptTokens = Math.max(1, (text.length() + 3L) / 4);
    long cached = Math.floorMod(text.hashCode(), 4) == 0 ? promptTokens / 2 : 0;
    int wanted = 5 + Math.floorMod(text.hashCode(), 60);
    return new Answer(
        number,
        asked.model(),
        promptTokens,
        cached,
        Math.min(wanted, asked.limit()),
        wanted > asked.limit(),
        null,
        false,
        null,
        null);
  }

  /** To a request with {@code input}. */
  static Answer of(Embedded vectors, Tongue.Asked asked, long number) {
    return new Answer(
        number, asked.model(), vectors.tokens(), 0, 0, false, null, false, vectors, null);
  }

  /** The same bill for this message instead of invented words. */
  Answer saying(ObjectNode message) {
    return saying(message, false);
  }

  /**
   * @param filtered whether the provider's filter ended it
   */
  Answer saying(ObjectNode message, boolean filtered) {
    return new Answer(
        number,
        model,
        promptTokens,
        cachedTokens,
        completionTokens,
        cutByLimit,
        message,
        filtered,
        null,
        null);
  }

  /** The same with this logprob for each of its tokens. */
  Answer withLogprob(double logprob) {
    return new Answer(
        number,
        model,
        promptTokens,
        cachedTokens,
        completionTokens,
        cutByLimit,
        said,
        filtered,
        embedded,
        logprob);
  }

  Bill bill() {
    return new Bill(model, promptTokens, cachedTokens, completionTokens, 1);
  }

  /** The bill of a stream that ended after so many pieces. */
  Bill billAfter(int pieces) {
    long generated = Math.min(completionTokens, (long) pieces * WORDS_PER_CHUNK);
    return new Bill(model, promptTokens, cachedTokens, generated, 1);
  }

  /** What was thought before; empty when nothing was. */
  String thought() {
    return said == null ? "" : said.path("reasoning_content").asText("");
  }

  /** Empty when only tools are called. */
  String text() {
    return said == null ? words(0, completionTokens) : said.path("content").asText("");
  }

  List<String> textPieces() {
    if (said != null) {
      return pieces(text());
    }
    var pieces = new ArrayList<String>();
    for (int from = 0; from < completionTokens; from += WORDS_PER_CHUNK) {
      pieces.add(words(from, Math.min(from + WORDS_PER_CHUNK, completionTokens)));
    }
    return pieces;
  }

  /** As OpenAI writes them; none is a missing node. */
  JsonNode calls() {
    return said == null ? MissingNode.getInstance() : said.path("tool_calls");
  }

  static List<String> pieces(String text) {
    var pieces = new ArrayList<String>();
    for (int from = 0; from < text.length(); from += CHARACTERS_PER_CHUNK) {
      pieces.add(text.substring(from, Math.min(text.length(), from + CHARACTERS_PER_CHUNK)));
    }
    return pieces;
  }

  private static String words(int from, int to) {
    var words = new StringBuilder();
    for (int i = from; i < to; i++) {
      words.append("word").append(i).append(' ');
    }
    return words.toString();
  }
}
