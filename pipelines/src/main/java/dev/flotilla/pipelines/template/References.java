package dev.flotilla.pipelines.template;

import dev.flotilla.pipelines.value.Path;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the places where a compiled template looks at values. Names that a loop defines are
 * followed to what it runs over; they and {@code loop} are not found themselves.
 */
final class References {
  /** Filters whose outcome says little of what went in. */
  private static final Set<String> MEASURES = Set.of("length");

  /**
   * What a name stands for.
   *
   * @param path null for what a loop says of itself, and for items of what has no name
   */
  private record Meaning(@Nullable Path path) {}

  /** How the value of an expression is used. */
  private record Way(boolean printed, Set<String> filters) {
    static final Way TESTED = new Way(false, Set.of());
    static final Way PRINTED = new Way(true, Set.of());

    Way through(String filter) {
      var more = new HashSet<>(filters);
      more.add(filter);
      return new Way(printed && !MEASURES.contains(filter), more);
    }
  }

  /** Bytes of a number, and of what else a loop says of itself. */
  private static final long NUMBER = 20;

  private final List<Reference> found = new ArrayList<>();
  private final List<Extent.Literal> literal = new ArrayList<>();
  private final List<Extent.Printed> printed = new ArrayList<>();

  /** Lists that are run over where the walk is, outermost first. */
  private final List<Path> loops = new ArrayList<>();

  /** The first thing in it that could not be filled in; null when there is none. */
  private @Nullable BadTemplate refused;

  private References(Node root) {
    look(root, Map.of());
  }

  static References in(Node root) throws BadTemplate {
    var references = new References(root);
    if (references.refused != null) {
      throw references.refused;
    }
    return references;
  }

  List<Reference> all() {
    return List.copyOf(found);
  }

  Extent extent() {
    return new Extent(literal, printed);
  }

  /**
   * @param bound what the names that loops define stand for
   */
  private void look(Node at, Map<String, Meaning> bound) {
    switch (at) {
      case RootNode root -> look(root.getBody(), bound);
      case BodyNode body -> body.getChildren().forEach(child -> look(child, bound));
      case PrintNode print -> {
        literal.add(new Extent.Literal(NUMBER, loops));
        follow(print.getExpression(), bound, Way.PRINTED);
      }
      case IfNode choice -> {
        choice
            .getConditionsWithBodies()
            .forEach(
                branch -> {
                  follow(branch.getLeft(), bound, Way.TESTED);
                  look(branch.getRight(), bound);
                });
        if (choice.getElseBody() != null) {
          look(choice.getElseBody(), bound);
        }
      }
      case ForNode loop -> {
        follow(loop.getIterable(), bound, Way.TESTED);
        Meaning list = meaning(unfiltered(loop.getIterable()), bound);
        var inside = new HashMap<>(bound);
        inside.put(loop.getIterationVariable(), item(list));
        inside.put("loop", new Meaning(null));
        loops.add(list == null || list.path() == null ? Extent.UNNAMED : list.path());
        look(loop.getBody(), inside);
        loops.removeLast();
        if (loop.getElseBody() != null) {
          look(loop.getElseBody(), bound);
        }
      }
      case TextNode text ->
          literal.add(new Extent.Literal(utf8(new String(text.getData())), loops));
      default -> throw new IllegalStateException("no template has a " + at.getClass());
    }
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** What goes through filters, none of which makes a list longer. */
  private static Expression<?> unfiltered(Expression<?> at) {
    return at instanceof FilterExpression filter ? unfiltered(filter.getLeftExpression()) : at;
  }

  private static Meaning item(@Nullable Meaning list) {
    return new Meaning(list == null || list.path() == null ? null : list.path().then(Path.ITEM));
  }

  private void follow(Expression<?> at, Map<String, Meaning> bound, Way use) {
    Meaning meaning = meaning(at, bound);
    if (meaning != null) {
      if (meaning.path() != null) {
        found.add(new Reference(meaning.path(), at.getLineNumber(), use.printed(), use.filters()));
        if (use.printed()) {
          printed.add(new Extent.Printed(meaning.path(), use.filters(), loops));
        }
      }
      subscripts(at, bound);
      return;
    }
    switch (at) {
      case FilterExpression filter -> {
        var called = (FilterInvocationExpression) filter.getRightExpression();
        if (!Engine.hasFilter(called.getFilterName())) {
          refuse(
              "there is no filter '" + called.getFilterName() + "', only " + Engine.filters(),
              called.getLineNumber());
        }
        follow(filter.getLeftExpression(), bound, use.through(called.getFilterName()));
        Meaning list = meaning(unfiltered(filter.getLeftExpression()), bound);
        // What join puts between the items comes once for each.
        loops.add(list == null || list.path() == null ? Extent.UNNAMED : list.path());
        arguments(called.getArgs(), bound, use);
        loops.removeLast();
      }
      case PositiveTestExpression test -> {
        var called = (TestInvocationExpression) test.getRightExpression();
        if (!Engine.hasTest(called.getTestName())) {
          refuse("there is no test '" + called.getTestName() + "'", called.getLineNumber());
        }
        follow(test.getLeftExpression(), bound, Way.TESTED.through(called.getTestName()));
        arguments(called.getArgs(), bound, Way.TESTED);
      }
      case BinaryExpression<?> two -> {
        follow(two.getLeftExpression(), bound, use);
        follow(two.getRightExpression(), bound, use);
      }
      case UnaryExpression one -> follow(one.getChildExpression(), bound, use);
      case TernaryExpression three -> {
        follow(three.getExpression1(), bound, Way.TESTED);
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
      case LiteralStringExpression text -> {
        if (use.printed()) {
          literal.add(new Extent.Literal(utf8(text.getValue()), loops));
        }
      }
      case FunctionOrMacroInvocationExpression call ->
          refuse("there is no function '" + call.getFunctionName() + "'", call.getLineNumber());
      default -> {}
    }
  }

  private void arguments(@Nullable ArgumentsNode written, Map<String, Meaning> bound, Way use) {
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

  private void refuse(String why, int line) {
    refused = refused == null ? new BadTemplate(why, line) : refused;
  }

  /** What stands in brackets along a path. */
  private void subscripts(Expression<?> at, Map<String, Meaning> bound) {
    if (at instanceof GetAttributeExpression field) {
      if (field.getArgumentsNode() != null) {
        refuse("values have fields, and nothing to call", field.getLineNumber());
      }
      subscripts(field.getNode(), bound);
      if (!(field.getAttributeNameExpression() instanceof LiteralStringExpression)) {
        follow(field.getAttributeNameExpression(), bound, Way.TESTED);
      }
    }
  }

  /** What an expression stands for when it is a name with fields; null when it is anything else. */
  private static @Nullable Meaning meaning(Expression<?> at, Map<String, Meaning> bound) {
    return switch (at) {
      case ContextVariableExpression variable -> {
        Meaning known = bound.get(variable.getName());
        yield known == null ? new Meaning(Path.of(variable.getName())) : known;
      }
      case GetAttributeExpression field -> {
        Meaning owner = meaning(field.getNode(), bound);
        if (owner == null || owner.path() == null) {
          yield owner;
        }
        boolean named = field.getAttributeNameExpression() instanceof LiteralStringExpression;
        yield new Meaning(
            owner
                .path()
                .then(
                    named
                        ? ((LiteralStringExpression) field.getAttributeNameExpression()).getValue()
                        : Path.COMPUTED));
      }
      default -> null;
    };
  }
}
