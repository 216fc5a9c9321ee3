package dev.flotilla.router.validation;

import dev.flotilla.pipelines.expression.BadExpression;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.value.Kind;
import dev.flotilla.router.exchange.AskedChecks;
import java.util.Map;

/**
 * Makes validators of CEL expressions. An expression sees {@code output} (the answer's JSON, or its
 * text when it is none), {@code text}, {@code finish_reason} and {@code tool_calls} (the names of
 * the functions called), and nothing else. Thread-safe.
 */
final class Rules {
  private static final Map<String, Kind> SEEN =
      Map.of(
          "output", Kind.ANY,
          "text", Kind.TEXT,
          "finish_reason", Kind.TEXT,
          "tool_calls", Kind.LIST);

  /**
   * @throws BadCheck when it is no expression, or one that is neither true nor false
   */
  CelRule of(AskedChecks.Rule rule, String place) throws BadCheck {
    return new CelRule(compiled(rule.rule(), place), rule.message());
  }

  private static Expression compiled(String written, String place) throws BadCheck {
    try {
      Expression expression = Expression.of(written);
      for (String name : expression.names()) {
        if (!SEEN.containsKey(name)) {
          throw none(place, "there is no '" + name + "'");
        }
      }
      Kind kind = expression.kind(SEEN);
      if (kind != Kind.TRUTH && kind != Kind.ANY) {
        throw new BadCheck(place, "is " + kind.words() + "; a rule is true or false");
      }
      return expression;
    } catch (BadExpression e) {
      throw none(place, String.valueOf(e.getMessage()));
    }
  }

  private static BadCheck none(String place, String why) {
    return new BadCheck(
        place, "is no expression in CEL over output, text, finish_reason and tool_calls: " + why);
  }
}
