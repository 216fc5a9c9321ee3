package dev.flotilla.pipelines.expression;

import dev.flotilla.pipelines.value.Path;

/**
 * A place where an expression looks at a value.
 *
 * @param column in the expression, from 1; 0 when it is not known
 * @param asks whether it only asks if it is there, by {@code has(…)} or a comparison with null
 */
public record Use(Path path, int column, boolean asks) {}
