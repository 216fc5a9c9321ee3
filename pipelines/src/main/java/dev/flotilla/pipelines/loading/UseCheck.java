package dev.flotilla.pipelines.loading;

import dev.flotilla.catalog.Nearness;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.expression.BadExpression;
import dev.flotilla.pipelines.expression.EvaluationFailed;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.expression.Use;
import dev.flotilla.pipelines.template.Reference;
import dev.flotilla.pipelines.template.Template;
import dev.flotilla.pipelines.value.Kind;
import dev.flotilla.pipelines.value.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Holds what expressions and templates name against what there is at their place. */
final class UseCheck {
  /** Filters that make a text of what is none. */
  private static final Set<String> TO_TEXT = Set.of("data", "json", "join", "first", "last");

  /** Where a template's text goes. */
  enum Goal {
    /** A model reads it. */
    PROMPT,
    /** It becomes part of an address. */
    ADDRESS,
    /** A person or a program reads it. */
    OTHER
  }

  private final Findings findings;
  private final Set<String> ids;
  private final Set<String> named = new HashSet<>();

  /**
   * @param ids of all steps of the document
   */
  UseCheck(Findings findings, Set<String> ids) {
    this.findings = findings;
    this.ids = ids;
  }

  /** Whether anything looked at so far names it. */
  boolean named(String id) {
    return named.contains(id);
  }

  /** Whether a step has this id. */
  boolean isStep(String id) {
    return ids.contains(id);
  }

  /** It is used in another way than by an expression. */
  void uses(String id) {
    named.add(id);
  }

  /**
   * Looks at an expression.
   *
   * @param wanted what its value must be; any kind when it may be anything
   * @return what is known of its value
   */
  Shape expression(Expression expression, Place place, Scope scope, Kind wanted) {
    Set<String> guards = guards(expression, scope);
    var good = true;
    @Nullable Shape whole = null;
    for (Use use : expression.uses()) {
      Shape shape = follow(use.path(), place, 0, scope, guards, use.asks(), true);
      good &= shape != null;
      if (use.path().toString().equals(expression.source().strip())) {
        whole = shape;
      }
    }
    if (!good) {
      return Shape.any(Shape.Origin.PIPELINE);
    }
    Kind kind = kind(expression, place, scope);
    if (whole != null && whole.kind() != Kind.ANY && whole.mayBeNull() == null) {
      kind = whole.kind();
    }
    if (wanted != Kind.ANY && kind != Kind.ANY && kind != wanted) {
      findings.problem(
          place,
          "is " + kind.words() + ", and must be " + wanted.words(),
          switch (wanted) {
            case TRUTH -> "write a comparison, e.g. " + example(expression, kind);
            case LIST -> "write the name of a list, e.g. input.items";
            default -> "write something that is " + wanted.words();
          });
    }
    return whole == null ? Shape.ofKind(kind, origin(expression, scope)) : whole;
  }

  private static String example(Expression expression, Kind kind) {
    String source = expression.source().strip();
    return switch (kind) {
      case TEXT -> source + " == \"…\"";
      case NUMBER -> source + " > 0";
      case LIST, OBJECT -> "size(" + source + ") > 0";
      default -> source + " != null";
    };
  }

  private static Shape.Origin origin(Expression expression, Scope scope) {
    return expression.names().stream()
        .map(scope::get)
        .filter(shape -> shape != null)
        .map(Shape::origin)
        .filter(origin -> origin != Shape.Origin.PIPELINE)
        .findFirst()
        .orElse(Shape.Origin.PIPELINE);
  }

  private Kind kind(Expression expression, Place place, Scope scope) {
    var kinds = new HashMap<String, Kind>();
    for (String name : expression.names()) {
      Shape shape = scope.get(name);
      if (shape != null && shape.mayBeNull() == null) {
        kinds.put(name, shape.kind());
      }
    }
    try {
      return expression.kind(kinds);
    } catch (BadExpression e) {
      findings.problem(
          place,
          "does not fit together: " + String.valueOf(e.getMessage()).strip(),
          kinds.isEmpty() ? "" : "known are " + words(kinds));
      return Kind.ANY;
    }
  }

  private static String words(Map<String, Kind> kinds) {
    return String.join(
        ", ",
        kinds.entrySet().stream()
            .map(each -> each.getKey() + ", " + each.getValue().words())
            .sorted()
            .toList());
  }

  /** The value of an expression that names nothing; empty when it names something. */
  static Optional<Object> constant(Expression expression) {
    if (!expression.names().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(expression.eval(Map.of()));
    } catch (EvaluationFailed e) {
      return Optional.empty();
    }
  }

  /** Paths that an expression asks about before it looks at more of them. */
  static Set<String> guards(Expression expression, Scope scope) {
    var guards = new HashSet<>(scope.surely());
    expression.uses().stream().filter(Use::asks).forEach(use -> guards.add(use.path().toString()));
    return guards;
  }

  /** Looks at a template. */
  void template(Template template, Place place, Scope scope, Goal goal) {
    var guards = new HashSet<>(scope.surely());
    template.references().stream()
        .filter(reference -> !reference.printed())
        .forEach(reference -> guards.add(reference.path().toString()));
    for (Reference reference : template.references()) {
      Shape shape =
          follow(
              reference.path(),
              place,
              reference.line(),
              scope,
              guards,
              reference.optional(),
              false);
      if (shape != null && reference.printed()) {
        printed(reference, shape, place, goal);
      }
    }
  }

  private void printed(Reference reference, Shape shape, Place place, Goal goal) {
    Path path = reference.path();
    Kind kind = shape.kind();
    boolean structured = kind == Kind.OBJECT || kind == Kind.LIST;
    if (structured && reference.filters().stream().noneMatch(TO_TEXT::contains)) {
      findings.warning(
          place,
          reference.line(),
          "prints '" + path + "', which is " + kind.words() + ", in a form nobody asked for",
          "write {{ " + shown(path) + " | json }}");
    }
    boolean foreign = shape.origin() != Shape.Origin.PIPELINE && !shape.harmless();
    if (goal == Goal.PROMPT && foreign && !reference.asData()) {
      findings.warning(
          place,
          reference.line(),
          "prints '"
              + path
              + "' as if it belonged to the instructions, and it is "
              + shape.origin().words(),
          "write {{ " + shown(path) + " | data }}");
    }
    if (goal == Goal.ADDRESS && foreign && !reference.filters().contains("urlencode")) {
      findings.problem(
          place,
          reference.line(),
          "puts '" + path + "' into an address as it is, and it is " + shape.origin().words(),
          "write {{ " + shown(path) + " | urlencode }}");
    }
  }

  /** As it may be written in the file. */
  private static String shown(Path path) {
    return path.steps().contains(Path.ITEM) || path.steps().contains(Path.COMPUTED)
        ? "…"
        : path.toString();
  }

  /**
   * Follows a path.
   *
   * @param guards paths of which nobody needs to be told that they may not be there
   * @param optional whether it does not matter if the end of the path is there
   * @return what is at its end; null when there cannot be anything
   */
  private @Nullable Shape follow(
      Path path,
      Place place,
      int line,
      Scope scope,
      Set<String> guards,
      boolean optional,
      boolean inExpression) {
    named.add(path.name());
    Shape at = scope.get(path.name());
    if (at == null) {
      unknown(path.name(), place, line, scope);
      return null;
    }
    Path walked = Path.of(path.name());
    List<String> steps = path.steps();
    for (int i = 1; i < steps.size(); i++) {
      if (at.mayBeNull() != null && !guarded(walked, guards)) {
        findings.warning(
            place,
            line,
            "looks into '" + walked + "', which may be null: " + at.mayBeNull(),
            inExpression
                ? "write " + walked + " != null && …, or … ? … : …"
                : "write {% if " + shown(walked) + " is not null %}…{% endif %} around it");
      }
      String step = steps.get(i);
      if (step.equals(Path.COMPUTED)) {
        return Shape.any(at.origin());
      }
      Shape.Found found = step.equals(Path.ITEM) ? at.item() : at.field(step);
      Path owner = walked;
      Path longer = walked.then(step);
      switch (found) {
        case Shape.Found.NoSuchField(List<String> fields) -> {
          findings.problem(
              place,
              line,
              "names '" + longer + "', but " + owner + " has no field '" + step + "'",
              Nearness.meant(step, fields)
                  .map(meant -> "did you mean '" + owner.then(meant) + "'?")
                  .orElse("it has " + String.join(", ", fields)));
          return null;
        }
        case Shape.Found.NotThatKind(Kind kind) -> {
          findings.problem(
              place,
              line,
              step.equals(Path.ITEM)
                  ? "runs over '" + owner + "', which is " + kind.words()
                  : "names '" + longer + "', but " + owner + " is " + kind.words(),
              step.equals(Path.ITEM)
                  ? "write the name of a list"
                  : "write " + owner + ", or change its schema");
          return null;
        }
        case Shape.Found.There(Shape inner, boolean surely) -> {
          boolean last = i == steps.size() - 1;
          if (!surely && !(last && optional) && !guarded(longer, guards) && listed(at, step)) {
            findings.warning(
                place,
                line,
                "names '" + longer + "', which its schema does not require",
                inExpression
                    ? "write has(" + longer + ") ? " + longer + " : …"
                    : "write {{ "
                        + shown(longer)
                        + " | default(\"…\") }}, or list it under required");
          }
          at = inner;
        }
      }
      walked = longer;
    }
    return at;
  }

  /** Whether a schema speaks of a field; of those it does not know nobody can say anything. */
  private static boolean listed(Shape owner, String field) {
    return owner.kind() == Kind.OBJECT && owner.lists(field);
  }

  /** Whether the path, or something it is part of, has been asked about. */
  private static boolean guarded(Path path, Set<String> guards) {
    for (String guard : guards) {
      String text = path.toString();
      if (guard.equals(text) || guard.startsWith(text + ".") || guard.startsWith(text + "[")) {
        return true;
      }
    }
    return false;
  }

  private void unknown(String name, Place place, int line, Scope scope) {
    if (name.equals(Pipeline.OUTPUT)) {
      findings.problem(
          place,
          line,
          "names 'output', which only the rules under validate see",
          "write the id of the step");
    } else if (scope.beside().contains(name)) {
      findings.problem(
          place,
          line,
          "names '" + name + "', which runs at the same time",
          "move one of them out of parallel, after the other");
    } else if (scope.elsewhere().contains(name)) {
      findings.problem(
          place,
          line,
          "names '" + name + "' of another branch, which is not taken when this one is",
          "move it before the switch, or look at both after it");
    } else if (ids.contains(name)) {
      findings.problem(
          place,
          line,
          "names '" + name + "', which no earlier step produced",
          "move step '" + name + "' before this one");
    } else {
      var names = new ArrayList<>(scope.known().keySet());
      findings.problem(
          place,
          line,
          "names '" + name + "', which is neither the input nor a step",
          Nearness.meant(name, names)
              .map(meant -> "did you mean '" + meant + "'?")
              .orElse("known here are " + String.join(", ", names)));
    }
  }
}
