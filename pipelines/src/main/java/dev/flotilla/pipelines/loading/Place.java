package dev.flotilla.pipelines.loading;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document.
 *
 * @param steps field names as they are, and places in lists as numbers
 */
record Place(List<Object> steps) {
  static final Place ROOT = new Place(List.of());

  Place {
    steps = List.copyOf(steps);
  }

  Place then(String field) {
    return longer(field);
  }

  Place then(int index) {
    return longer(index);
  }

  private Place longer(Object step) {
    var longer = new ArrayList<>(steps);
    longer.add(step);
    return new Place(longer);
  }

  /** What surrounds it; null for the document itself. */
  @Nullable Place outer() {
    return steps.isEmpty() ? null : new Place(steps.subList(0, steps.size() - 1));
  }

  /** Its last step when it is a field; null otherwise. */
  @Nullable String field() {
    return !steps.isEmpty() && steps.getLast() instanceof String name ? name : null;
  }
}
