package dev.flotilla.pipelines.definition;

import dev.flotilla.pipelines.expression.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a switch may do.
 *
 * @param when null holds always
 */
public record Branch(@Nullable Expression when, List<Node> nodes) {
  public Branch {
    nodes = List.copyOf(nodes);
  }
}
