package dev.flotilla.pipelines.loading;

import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.expression.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node as it was read, with its place; not yet held against the others. */
sealed interface Piece {
  record Parallel(List<Piece> pieces) implements Piece {}

  record Switch(List<Branch> branches) implements Piece {}

  /**
   * @param always whether it has no condition at all
   * @param when null when there is none, or none that can be understood
   */
  record Branch(Place place, boolean always, @Nullable Expression when, List<Piece> pieces) {}

  /**
   * @param step null when it cannot be understood
   */
  record Single(Place place, String id, @Nullable Step step) implements Piece {}
}
