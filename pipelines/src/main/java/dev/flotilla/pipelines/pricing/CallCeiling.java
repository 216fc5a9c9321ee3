package dev.flotilla.pipelines.pricing;

import dev.flotilla.catalog.Model;
import java.time.Instant;
import java.util.List;

/**
 * The most that asking for one answer can cost. Each candidate may be asked, answer badly and be
 * paid before the next one is.
 */
public final class CallCeiling {
  private CallCeiling() {}

  /**
   * In nano-dollars.
   *
   * @param requestBytes of the request's JSON: a token has at least one
   * @param media whether there are pictures, sound or files, which are bounded by a model's window
   * @param maxTokens of the answer
   */
  public static long nanos(
      List<Model> candidates, long requestBytes, boolean media, long maxTokens, Instant now) {
    long nanos = 0;
    for (Model model : candidates) {
      nanos = Amounts.sum(nanos, nanos(model, requestBytes, media, maxTokens, now));
    }
    return nanos;
  }

  static long nanos(Model model, long requestBytes, boolean media, long maxTokens, Instant now) {
    long input = media ? model.contextTokens() : Math.min(requestBytes, model.contextTokens());
    return model.priceAt(now).most(input, Math.min(maxTokens, model.maxOutputTokens()));
  }
}
