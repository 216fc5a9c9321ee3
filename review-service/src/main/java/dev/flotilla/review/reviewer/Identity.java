package dev.flotilla.review.reviewer;

import dev.flotilla.catalog.Model;
import dev.flotilla.review.policy.Independence;
import java.util.Optional;

/**
 * Who a model is, whatever it is called: two names of one identity are one vote.
 *
 * @param model id without the failure a simulated model was told to show
 */
record Identity(String model, String family, String provider) {
  static Identity of(Model model) {
    int colon = model.provider().simulated() ? model.id().indexOf(':') : -1;
    return new Identity(
        colon < 0 ? model.id() : model.id().substring(0, colon),
        model.family(),
        model.provider().id());
  }

  /** What both have in common although they must not, in words; empty when they are independent. */
  Optional<String> shared(Identity other, Independence independence) {
    if (model.equals(other.model)) {
      return Optional.of("the same model");
    }
    if (independence.compareTo(Independence.FAMILY) >= 0 && family.equals(other.family)) {
      return Optional.of("of the same family " + family);
    }
    if (independence == Independence.PROVIDER && provider.equals(other.provider)) {
      return Optional.of("of the same provider " + provider);
    }
    return Optional.empty();
  }
}
