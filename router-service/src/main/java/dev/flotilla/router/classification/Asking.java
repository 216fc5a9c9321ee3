package dev.flotilla.router.classification;

import dev.flotilla.catalog.Model;
import java.util.List;

/**
 * When a model is asked what kind of work a request is.
 *
 * @param models cheap ones, the next when one gives no answer; at least one
 * @param below asked when what is known otherwise is less sure than this, 0 to 1; at 1 it is always
 *     asked
 * @param classic whether it is asked for one of three words instead of a score
 */
public record Asking(List<Model> models, double below, boolean classic) {
  public Asking {
    models = List.copyOf(models);
  }
}
