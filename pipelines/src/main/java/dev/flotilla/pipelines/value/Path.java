package dev.flotilla.pipelines.value;

import java.util.ArrayList;
import java.util.List;

/**
 * What of a value is looked at: its name in the run, and fields by name, {@link #ITEM} for the
 * items of a list, {@link #COMPUTED} for what is known only when it is looked at.
 *
 * @param steps at least the name
 */
public record Path(List<String> steps) {
  public static final String ITEM = "[]";
  public static final String COMPUTED = "[?]";

  public Path {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a path begins with a name");
    }
  }

  public static Path of(String name) {
    return new Path(List.of(name));
  }

  /** The name it begins with. */
  public String name() {
    return steps.getFirst();
  }

  /** The same and further. */
  public Path then(String step) {
    var longer = new ArrayList<>(steps);
    longer.add(step);
    return new Path(longer);
  }

  /** Whether it is the whole of what its name stands for. */
  public boolean whole() {
    return steps.size() == 1;
  }

  /** As it is written, e.g. {@code notes.items[].url}. */
  @Override
  public String toString() {
    var text = new StringBuilder(name());
    for (String step : steps.subList(1, steps.size())) {
      text.append(step.startsWith("[") ? "" : ".").append(step);
    }
    return text.toString();
  }
}
