package dev.flotilla.pipelines.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.flotilla.pipelines.value.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the places where an expression looks at values. Names that a macro defines, as {@code x} in
 * {@code list.all(x, …)}, are followed to what they run over and are not found themselves.
 */
final class Uses {
  /** Words that stand for kinds of values, as in {@code type(x) == string}. */
  static final Set<String> KINDS =
      Set.of(
          "bool",
          "bytes",
          "double",
          "dyn",
          "int",
          "list",
          "map",
          "null_type",
          "string",
          "type",
          "uint");

  private static final Set<String> COMPARISONS = Set.of("_==_", "_!=_");
  private static final String INDEX = "_[_]";

  /**
   * What a name stands for.
   *
   * @param path null for what has no name of its own
   */
  private record Meaning(@Nullable Path path) {}

  private final CelAbstractSyntaxTree tree;
  private final List<Use> found = new ArrayList<>();

  private Uses(CelAbstractSyntaxTree tree) {
    this.tree = tree;
  }

  static List<Use> in(CelAbstractSyntaxTree tree) {
    var uses = new Uses(tree);
    uses.look(tree.getExpr(), Map.of(), false);
    return List.copyOf(uses.found);
  }

  private void look(CelExpr at, Map<String, Meaning> bound, boolean asks) {
    Meaning meaning = meaning(at, bound);
    if (meaning != null) {
      if (meaning.path() != null && !KINDS.contains(meaning.path().name())) {
        found.add(new Use(meaning.path(), column(at), asks || asksByItself(at)));
      }
      subscripts(at, bound);
      return;
    }
    switch (at.getKind()) {
      case SELECT -> look(at.select().operand(), bound, false);
      case CALL -> {
        boolean comparesWithNull =
            COMPARISONS.contains(at.call().function())
                && at.call().args().stream().anyMatch(Uses::isNull);
        at.call().target().ifPresent(target -> look(target, bound, false));
        at.call().args().forEach(argument -> look(argument, bound, comparesWithNull));
      }
      case LIST -> at.list().elements().forEach(element -> look(element, bound, false));
      case STRUCT -> at.struct().entries().forEach(entry -> look(entry.value(), bound, false));
      case MAP ->
          at.map()
              .entries()
              .forEach(
                  entry -> {
                    look(entry.key(), bound, false);
                    look(entry.value(), bound, false);
                  });
      case COMPREHENSION -> {
        var loop = at.comprehension();
        look(loop.iterRange(), bound, false);
        look(loop.accuInit(), bound, false);
        var inside = new HashMap<>(bound);
        Meaning range = meaning(loop.iterRange(), bound);
        inside.put(
            loop.iterVar(),
            new Meaning(
                range == null || range.path() == null ? null : range.path().then(Path.ITEM)));
        inside.put(loop.iterVar2(), new Meaning(null));
        inside.put(loop.accuVar(), new Meaning(null));
        look(loop.loopCondition(), inside, false);
        look(loop.loopStep(), inside, false);
        look(loop.result(), inside, false);
      }
      case IDENT, CONSTANT, NOT_SET -> {}
    }
  }

  /** What stands in brackets along a path. */
  private void subscripts(CelExpr at, Map<String, Meaning> bound) {
    switch (at.getKind()) {
      case SELECT -> subscripts(at.select().operand(), bound);
      case CALL -> {
        subscripts(at.call().args().getFirst(), bound);
        look(at.call().args().getLast(), bound, false);
      }
      default -> {}
    }
  }

  private int column(CelExpr at) {
    Integer offset = tree.getSource().getPositionsMap().get(at.id());
    return offset == null
        ? 0
        : tree.getSource()
            .getOffsetLocation(offset)
            .map(location -> location.getColumn() + 1)
            .orElse(0);
  }

  private static boolean asksByItself(CelExpr at) {
    return at.getKind() == CelExpr.ExprKind.Kind.SELECT && at.select().testOnly();
  }

  private static boolean isNull(CelExpr at) {
    return at.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && at.constant().getKind() == CelConstant.Kind.NULL_VALUE;
  }

  /** What an expression stands for when it is a name with fields; null when it is anything else. */
  private static @Nullable Meaning meaning(CelExpr at, Map<String, Meaning> bound) {
    return switch (at.getKind()) {
      case IDENT -> {
        Meaning known = bound.get(at.ident().name());
        yield known == null ? new Meaning(Path.of(at.ident().name())) : known;
      }
      case SELECT -> further(meaning(at.select().operand(), bound), at.select().field());
      case CALL -> {
        if (!at.call().function().equals(INDEX)) {
          yield null;
        }
        CelExpr index = at.call().args().getLast();
        yield further(meaning(at.call().args().getFirst(), bound), step(index));
      }
      default -> null;
    };
  }

  private static String step(CelExpr index) {
    if (index.getKind() == CelExpr.ExprKind.Kind.CONSTANT) {
      return switch (index.constant().getKind()) {
        case STRING_VALUE -> index.constant().stringValue();
        case INT64_VALUE, UINT64_VALUE -> Path.ITEM;
        default -> Path.COMPUTED;
      };
    }
    return Path.COMPUTED;
  }

  private static @Nullable Meaning further(@Nullable Meaning owner, String step) {
    return owner == null || owner.path() == null ? owner : new Meaning(owner.path().then(step));
  }
}
