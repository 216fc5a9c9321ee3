package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;

/** What a call will probably take of a provider's limit of tokens; corrected when it has ended. */
final class Demand {
  /** Close enough for prose, and nothing needs to be counted. */
  private static final int BYTES_PER_TOKEN = 4;

  /** Of callers who do not limit their answers; most answers are shorter. */
  private static final long AN_ORDINARY_ANSWER = 500;

  private Demand() {}

  static long tokens(Model model, Call call) {
    if (model.embeds()) {
      return Math.max(1, call.bodyBytes() / BYTES_PER_TOKEN);
    }
    ObjectNode body = call.body();
    long answer =
        given(
            body.path("max_completion_tokens"), given(body.path("max_tokens"), AN_ORDINARY_ANSWER));
    long input = Math.min(call.bodyBytes() / BYTES_PER_TOKEN, model.contextTokens());
    return Math.max(1, input + Math.min(answer, model.maxOutputTokens()));
  }

  private static long given(JsonNode limit, long otherwise) {
    return limit.isIntegralNumber() && limit.canConvertToLong() && limit.longValue() > 0
        ? limit.longValue()
        : otherwise;
  }
}
