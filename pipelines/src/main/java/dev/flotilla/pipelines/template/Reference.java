package dev.flotilla.pipelines.template;

import dev.flotilla.pipelines.value.Path;
import java.util.Set;

/**
 * A place where a template looks at a value.
 *
 * @param line in the template, from 1
 * @param printed whether it becomes part of the text, and not only decides what does
 * @param filters what it goes through on the way
 */
public record Reference(Path path, int line, boolean printed, Set<String> filters) {
  public Reference {
    filters = Set.copyOf(filters);
  }

  /** Whether it becomes part of the text in a block that is declared to be data. */
  public boolean asData() {
    return filters.contains(DataBlock.FILTER);
  }

  /** Whether the template has an answer for when it is not there. */
  public boolean optional() {
    return filters.contains("default") || filters.contains("defined");
  }
}
