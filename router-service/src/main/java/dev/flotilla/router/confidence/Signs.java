package dev.flotilla.router.confidence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.exchange.Completion;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an answer shows of how sure its model was. Of several choices the first is looked at. */
final class Signs {
  /** Some providers write a huge negative number for a token they hold for impossible. */
  private static final double LEAST = -20;

  private static final Pattern STATED =
      Pattern.compile("confidence\\W{1,4}(high|low)\\W*$", Pattern.CASE_INSENSITIVE);

  private Signs() {}

  /** The mean log-probability of its tokens; null where the provider gave none. */
  static @Nullable Double logprob(Completion completion) {
    double sum = 0;
    int tokens = 0;
    for (JsonNode token : completion.body().at("/choices/0/logprobs/content")) {
      if (token.path("logprob").isNumber()) {
        sum += Math.clamp(token.path("logprob").doubleValue(), LEAST, 0);
        tokens++;
      }
    }
    return tokens == 0 ? null : sum / tokens;
  }

  /** 1 when its text ends with "Confidence: HIGH", 0 when with "Confidence: LOW"; else null. */
  static @Nullable Double stated(Completion completion) {
    String text = completion.body().at("/choices/0/message/content").asText("");
    // A pattern that looks for its end would try every beginning of a long text.
    Matcher end = STATED.matcher(text.substring(Math.max(0, text.length() - 40)));
    return end.find() ? (end.group(1).toUpperCase(Locale.ROOT).equals("HIGH") ? 1.0 : 0.0) : null;
  }

  /** The same answer as one to whom nobody spoke of logprobs. */
  static Completion withoutLogprobs(Completion completion) {
    ObjectNode body = Json.object().setAll(completion.body());
    var choices = body.putArray("choices");
    for (JsonNode choice : completion.body().path("choices")) {
      choices.add(Json.object().<ObjectNode>setAll((ObjectNode) choice).putNull("logprobs"));
    }
    return new Completion(body);
  }
}
