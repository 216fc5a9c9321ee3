package dev.flotilla.provider.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Usage;

/** The most that one attempt can cost. */
public final class Ceiling {
  private static final int MOST_CHOICES = 128;

  private Ceiling() {}

  /**
   * In nano-dollars, of the model that is asked. A provider that serves a dearer one instead
   * charges more than this: nobody can know before, so it is counted ({@code
   * llm_provider_oddities}) rather than reserved, and the amount in the ledger is what the provider
   * charges. A request's bytes bound its tokens from above and cost nothing to count; pictures and
   * sound that are only linked are bounded by the model's window.
   *
   * @param bodyBytes size of the request as it came
   */
  public static long nanos(Model model, Price price, ObjectNode request, long bodyBytes) {
    if (model.embeds()) {
      // A token has at least a byte, and each input its own window; nothing is written.
      return dearest(price).nanos(Usage.text(bodyBytes, 0));
    }
    long input =
        hasMedia(request) ? model.contextTokens() : Math.min(bodyBytes, model.contextTokens());
    long asked =
        positive(
            request.path("max_completion_tokens"),
            positive(request.path("max_tokens"), model.maxOutputTokens()));
    long choices = Math.min(positive(request.path("n"), 1), MOST_CHOICES);
    long output = Math.min(asked, model.maxOutputTokens()) * choices;
    return dearest(price).nanos(Usage.text(input, output));
  }

  /** Which bucket the tokens will fall into is the provider's choice, so the dearest counts. */
  private static Price dearest(Price price) {
    long dearestInput =
        Math.max(
            Math.max(price.input(), price.cacheRead()),
            Math.max(price.cacheWrite5m(), price.cacheWrite1h()));
    long dearestOutput = Math.max(price.output(), price.reasoning());
    return new Price(
        price.from(), price.source(), dearestInput, 0, 0, 0, dearestOutput, dearestOutput);
  }

  private static long positive(JsonNode node, long otherwise) {
    return node.isIntegralNumber() && node.canConvertToLong() && node.longValue() > 0
        ? node.longValue()
        : otherwise;
  }

  private static boolean hasMedia(ObjectNode request) {
    for (JsonNode message : request.path("messages")) {
      for (JsonNode part : message.path("content")) {
        if (!part.path("type").asText("text").equals("text")) {
          return true;
        }
      }
    }
    return false;
  }
}
