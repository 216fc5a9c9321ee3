/**
 * Expressions in CEL over the names of a run: conditions, rules and reshaped values. They end, see
 * nothing but the values they are given, and change nothing. Start with {@link
 * dev.flotilla.pipelines.expression.Expression}.
 */
@NullMarked
package dev.flotilla.pipelines.expression;

import org.jspecify.annotations.NullMarked;
