package dev.flotilla.pipelines.template;

import io.pebbletemplates.pebble.node.ArgumentsNode;
import io.pebbletemplates.pebble.node.BodyNode;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.IfNode;
import io.pebbletemplates.pebble.node.NamedArgumentNode;
import io.pebbletemplates.pebble.node.Node;
import io.pebbletemplates.pebble.node.PositionalArgumentNode;
import io.pebbletemplates.pebble.node.PrintNode;
import io.pebbletemplates.pebble.node.RootNode;
import io.pebbletemplates.pebble.node.TestInvocationExpression;
import io.pebbletemplates.pebble.node.TextNode;
import io.pebbletemplates.pebble.node.expression.ArrayExpression;
import io.pebbletemplates.pebble.node.expression.BinaryExpression;
import io.pebbletemplates.pebble.node.expression.ContextVariableExpression;
import io.pebbletemplates.pebble.node.expression.Expression;
import io.pebbletemplates.pebble.node.expression.FilterExpression;
import io.pebbletemplates.pebble.node.expression.FilterInvocationExpression;
import io.pebbletemplates.pebble.node.expression.FunctionOrMacroInvocationExpression;
import io.pebbletemplates.pebble.node.expression.GetAttributeExpression;
import io.pebbletemplates.pebble.node.expression.LiteralStringExpression;
import io.pebbletemplates.pebble.node.expression.MapExpression;
import io.pebbletemplates.pebble.node.expression.PositiveTestExpression;
import io.pebbletemplates.pebble.node.expression.TernaryExpression;
import io.pebbletemplates.pebble.node.expression.UnaryExpression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the places where a compiled template looks at values. Names that a loop defines are
 * followed to what it runs over; they and {@code loop} are not found themselves.
 */
final class References {
  private static final List<String> NOTHING = List.of();

  /** Filters whose outcome says little of what went in. */
  private static final Set<String> MEASURES = Set.of("length");

  private final List<Reference> found = new ArrayList<>();

  private References() {}

  static List<Reference> in(Node root) {
    var references = new References();
    references.look(root, Map.of());
    return List.copyOf(references.found);
  }

  /**
   * @param bound what the names of loops stand for; an empty path for what stands for nothing
   */
  private void look(Node at, Map<String, List<String>> bound) {
    switch (at) {
      case RootNode root -> look(root.getBody(), bound);
      case BodyNode body -> body.getChildren().forEach(child -> look(child, bound));
      case PrintNode print -> follow(print.getExpression(), bound, Reference.Use.PRINTED);
      case IfNode choice -> {
        choice
            .getConditionsWithBodies()
            .forEach(
                branch -> {
                  follow(branch.getLeft(), bound, Reference.Use.TESTED);
                  look(branch.getRight(), bound);
                });
        if (choice.getElseBody() != null) {
          look(choice.getElseBody(), bound);
        }
      }
      case ForNode loop -> {
        follow(loop.getIterable(), bound, Reference.Use.TESTED);
        var inside = new HashMap<>(bound);
        inside.put(loop.getIterationVariable(), item(path(loop.getIterable(), bound)));
        inside.put("loop", NOTHING);
        look(loop.getBody(), inside);
        if (loop.getElseBody() != null) {
          look(loop.getElseBody(), bound);
        }
      }
      case TextNode _ -> {}
      default -> throw new IllegalStateException("no template has a " + at.getClass());
    }
  }

  private static List<String> item(@Nullable List<String> list) {
    return list == null || list.isEmpty() ? NOTHING : longer(list, Reference.ITEM);
  }

  private void follow(Expression<?> at, Map<String, List<String>> bound, Reference.Use use) {
    List<String> path = path(at, bound);
    if (path != null) {
      if (!path.isEmpty()) {
        found.add(new Reference(path, at.getLineNumber(), use));
      }
      subscripts(at, bound);
      return;
    }
    switch (at) {
      case FilterExpression filter -> {
        var called = (FilterInvocationExpression) filter.getRightExpression();
        follow(filter.getLeftExpression(), bound, through(called.getFilterName(), use));
        arguments(called.getArgs(), bound, use);
      }
      case PositiveTestExpression test -> {
        follow(test.getLeftExpression(), bound, Reference.Use.TESTED);
        arguments(((TestInvocationExpression) test.getRightExpression()).getArgs(), bound, use);
      }
      case BinaryExpression<?> two -> {
        follow(two.getLeftExpression(), bound, use);
        follow(two.getRightExpression(), bound, use);
      }
      case UnaryExpression one -> follow(one.getChildExpression(), bound, use);
      case TernaryExpression three -> {
        follow(three.getExpression1(), bound, Reference.Use.TESTED);
        follow(three.getExpression2(), bound, use);
        follow(three.getExpression3(), bound, use);
      }
      case ArrayExpression list -> list.getValues().forEach(value -> follow(value, bound, use));
      case MapExpression map ->
          map.getEntries()
              .forEach(
                  (name, value) -> {
                    follow(name, bound, use);
                    follow(value, bound, use);
                  });
      case GetAttributeExpression field -> {
        follow(field.getNode(), bound, use);
        subscripts(field, bound);
      }
      case FunctionOrMacroInvocationExpression call -> arguments(call.getArguments(), bound, use);
      default -> {}
    }
  }

  private static Reference.Use through(String filter, Reference.Use use) {
    if (filter.equals(DataBlock.FILTER)) {
      return Reference.Use.DATA;
    }
    return MEASURES.contains(filter) ? Reference.Use.TESTED : use;
  }

  private void arguments(
      @Nullable ArgumentsNode written, Map<String, List<String>> bound, Reference.Use use) {
    if (written == null) {
      return;
    }
    if (written.getPositionalArgs() != null) {
      for (PositionalArgumentNode argument : written.getPositionalArgs()) {
        follow(argument.getValueExpression(), bound, use);
      }
    }
    if (written.getNamedArgs() != null) {
      for (NamedArgumentNode argument : written.getNamedArgs()) {
        follow(argument.getValueExpression(), bound, use);
      }
    }
  }

  /** What stands in brackets along a path. */
  private void subscripts(Expression<?> at, Map<String, List<String>> bound) {
    if (at instanceof GetAttributeExpression field) {
      subscripts(field.getNode(), bound);
      if (!(field.getAttributeNameExpression() instanceof LiteralStringExpression)) {
        follow(field.getAttributeNameExpression(), bound, Reference.Use.TESTED);
      }
    }
  }

  /**
   * What an expression stands for when it is a name with fields; null when it is anything else,
   * empty when it is a loop's own.
   */
  private static @Nullable List<String> path(Expression<?> at, Map<String, List<String>> bound) {
    return switch (at) {
      case ContextVariableExpression variable -> {
        List<String> known = bound.get(variable.getName());
        yield known == null ? List.of(variable.getName()) : known;
      }
      case GetAttributeExpression field -> {
        List<String> owner = path(field.getNode(), bound);
        if (owner == null || owner.isEmpty()) {
          yield owner;
        }
        yield longer(
            owner,
            field.getAttributeNameExpression() instanceof LiteralStringExpression literal
                ? literal.getValue()
                : Reference.COMPUTED);
      }
      default -> null;
    };
  }

  private static List<String> longer(List<String> path, String step) {
    var longer = new ArrayList<>(path);
    longer.add(step);
    return List.copyOf(longer);
  }
}
