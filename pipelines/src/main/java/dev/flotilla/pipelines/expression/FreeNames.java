package dev.flotilla.pipelines.expression;

import dev.cel.common.ast.CelExpr;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Which names an expression uses without defining them itself, as {@code x} in a macro is. */
final class FreeNames {
  /** Words that stand for kinds of values, as in {@code type(x) == string}. */
  private static final Set<String> KINDS =
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

  private final Set<String> found = new TreeSet<>();

  private FreeNames() {}

  static Set<String> in(CelExpr expression) {
    var names = new FreeNames();
    names.look(expression, Set.of());
    return Set.copyOf(names.found);
  }

  private void look(CelExpr at, Set<String> bound) {
    switch (at.getKind()) {
      case IDENT -> {
        String name = at.ident().name();
        if (!bound.contains(name) && !KINDS.contains(name)) {
          found.add(name);
        }
      }
      case SELECT -> look(at.select().operand(), bound);
      case CALL -> {
        at.call().target().ifPresent(target -> look(target, bound));
        at.call().args().forEach(argument -> look(argument, bound));
      }
      case LIST -> at.list().elements().forEach(element -> look(element, bound));
      case STRUCT -> at.struct().entries().forEach(entry -> look(entry.value(), bound));
      case MAP ->
          at.map()
              .entries()
              .forEach(
                  entry -> {
                    look(entry.key(), bound);
                    look(entry.value(), bound);
                  });
      case COMPREHENSION -> {
        var loop = at.comprehension();
        look(loop.iterRange(), bound);
        look(loop.accuInit(), bound);
        var inside = new HashSet<>(bound);
        inside.add(loop.iterVar());
        inside.add(loop.iterVar2());
        inside.add(loop.accuVar());
        look(loop.loopCondition(), inside);
        look(loop.loopStep(), inside);
        look(loop.result(), inside);
      }
      case CONSTANT, NOT_SET -> {}
    }
  }
}
