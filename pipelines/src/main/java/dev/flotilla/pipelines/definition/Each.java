package dev.flotilla.pipelines.definition;

import dev.flotilla.pipelines.expression.Expression;
import org.jspecify.annotations.Nullable;

/**
 * What a step is repeated over.
 *
 * @param list whose value is a list
 * @param as what an item is called
 * @param concurrency how many items are worked on at the same time, at least 1
 * @param maxItems a longer list fails the step; null when nothing limits it
 */
public record Each(Expression list, String as, int concurrency, @Nullable Integer maxItems) {
  public static final String DEFAULT_NAME = "item";
}
