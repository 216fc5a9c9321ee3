package dev.flotilla.pipelines.expression;

import dev.cel.common.CelValidationException;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.flotilla.pipelines.recent.Recent;
import dev.flotilla.pipelines.value.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An expression in CEL, compiled once. Thread-safe. */
public final class Expression {
  /**
   * Compiling takes CEL about a millisecond, and the same expressions are compiled again and again:
   * while a file is checked, for every run that goes on, for every request with a rule. So many are
   * some megabytes at most; an installation has fewer.
   */
  private static final int MOST_RECENT = 1_000;

  private static final Recent<String, Expression> COMPILED = new Recent<>(MOST_RECENT);
  private static final Recent<Operands, Kind> KINDS = new Recent<>(MOST_RECENT);

  /** An expression, and what its names are. */
  private record Operands(String source, Map<String, Kind> kinds) {}

  private final String source;
  private final List<Use> uses;
  private final Set<String> names;
  private final CelRuntime.Program program;

  private Expression(String source, List<Use> uses, Set<String> names, CelRuntime.Program program) {
    this.source = source;
    this.uses = uses;
    this.names = names;
    this.program = program;
  }

  /**
   * Compiles; the kinds of what it names are found out when it is evaluated.
   *
   * @throws BadExpression when it is none
   */
  public static Expression of(String source) throws BadExpression {
    Expression known = COMPILED.get(source);
    if (known != null) {
      return known;
    }
    Expression compiled = compiled(source);
    COMPILED.keep(source, compiled);
    return compiled;
  }

  private static Expression compiled(String source) throws BadExpression {
    try {
      List<Use> uses = Uses.in(Language.parse(source));
      Set<String> names =
          uses.stream().map(use -> use.path().name()).collect(Collectors.toUnmodifiableSet());
      return new Expression(source, uses, names, Language.program(source, names));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new BadExpression(CelMessages.of(e));
    }
  }

  /**
   * What kind of value it has when its names are of these kinds.
   *
   * @param kinds by name; what is not there is of any kind
   * @throws BadExpression when an operation in it does not fit them
   */
  public Kind kind(Map<String, Kind> kinds) throws BadExpression {
    var seen = new HashMap<String, Kind>();
    names.forEach(name -> seen.put(name, kinds.getOrDefault(name, Kind.ANY)));
    var operands = new Operands(source, Map.copyOf(seen));
    Kind known = KINDS.get(operands);
    if (known != null) {
      return known;
    }
    try {
      Kind kind = Language.kind(source, operands.kinds());
      KINDS.keep(operands, kind);
      return kind;
    } catch (CelValidationException e) {
      throw new BadExpression(CelMessages.of(e));
    }
  }

  /** As it is written. */
  public String source() {
    return source;
  }

  /** What it must be given: the names it uses and does not define itself. */
  public Set<String> names() {
    return names;
  }

  /** Every place in which it looks at something of its names. */
  public List<Use> uses() {
    return uses;
  }

  /**
   * Its value.
   *
   * @param scope values of {@code dev.flotilla.pipelines.value} by name; more than it needs is fine
   * @return such a value
   * @throws EvaluationFailed when it has none
   */
  public @Nullable Object eval(Map<String, ? extends @Nullable Object> scope)
      throws EvaluationFailed {
    var seen = new HashMap<String, Object>();
    for (String name : names) {
      if (!scope.containsKey(name)) {
        throw new EvaluationFailed("'" + source + "' names '" + name + "', which is not there");
      }
      seen.put(name, CelValue.of(scope.get(name)));
    }
    try {
      return CelValue.plain(program.eval(seen));
    } catch (CelEvaluationException | IllegalArgumentException e) {
      throw new EvaluationFailed("'" + source + "' cannot be evaluated: " + e.getMessage());
    }
  }

  /**
   * Whether it holds.
   *
   * @throws EvaluationFailed when it has no value, or one that is neither true nor false
   */
  public boolean holds(Map<String, ? extends @Nullable Object> scope) throws EvaluationFailed {
    if (eval(scope) instanceof Boolean truth) {
      return truth;
    }
    throw new EvaluationFailed("'" + source + "' is neither true nor false");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Expression that && that.source.equals(source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }

  @Override
  public String toString() {
    return source;
  }
}
