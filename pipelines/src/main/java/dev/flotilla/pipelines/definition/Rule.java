package dev.flotilla.pipelines.definition;

import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.template.Template;
import org.jspecify.annotations.Nullable;

/**
 * What must hold.
 *
 * @param message what is said when it does not; sees what the rule sees. Null says the expression
 */
public record Rule(Expression rule, @Nullable Template message) {}
