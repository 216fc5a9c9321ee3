package dev.flotilla.provider.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.ServiceTier;
import java.util.OptionalLong;

/** The most that one attempt can cost. */
public final class Ceiling {
  private static final int MOST_CHOICES = 128;

  private Ceiling() {}

  /**
   * In nano-dollars, of the model that is asked. A provider that serves a dearer one instead
   * charges more than this, and so does one that gives a faster service than was asked: nobody can
   * know before, so it is counted ({@code llm_provider_oddities}) rather than reserved, and the
   * amount in the ledger is what the provider charges. A request's bytes bound its tokens from
   * above and cost nothing to count; pictures and sound that are only linked are bounded by the
   * model's window.
   *
   * @param bodyBytes size of the request as it came
   */
  public static long nanos(Model model, Price listed, ObjectNode request, long bodyBytes) {
    Price price = listed.under(tier(request)).orElse(listed);
    if (model.embeds()) {
      // A token has at least a byte, and each input its own window; nothing is written.
      return price.most(bodyBytes, 0);
    }
    long input =
        hasMedia(request) ? model.contextTokens() : Math.min(bodyBytes, model.contextTokens());
    long asked =
        positive(
            request.path("max_completion_tokens"),
            positive(request.path("max_tokens"), model.maxOutputTokens()));
    long choices = Math.min(positive(request.path("n"), 1), MOST_CHOICES);
    long output = Math.min(asked, model.maxOutputTokens()) * choices;
    return price.most(input, output);
  }

  /**
   * The same with the prompt's texts counted by the vocabulary of the model, where that is public:
   * for when the bound is too much. Some milliseconds for 64 KiB. Empty when nobody can count,
   * which goes for pictures and sound too.
   */
  public static OptionalLong countedNanos(
      Model model, Price listed, ObjectNode request, long bodyBytes) {
    String tokenizer = model.tokenizer();
    if (tokenizer == null || model.embeds() || hasMedia(request)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        nanos(model, listed, request, TokenCount.atMost(tokenizer, request, bodyBytes)));
  }

  /** The service a request asks for; the standard one when it asks for none that is known. */
  public static ServiceTier tier(ObjectNode request) {
    return ServiceTier.of(request.path("service_tier").asText("")).orElse(ServiceTier.STANDARD);
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
