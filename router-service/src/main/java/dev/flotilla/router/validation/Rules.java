package dev.flotilla.router.validation;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.flotilla.router.exchange.AskedChecks;

/**
 * Makes validators of CEL expressions, and remembers the latest. An expression sees {@code output}
 * (the answer's JSON, or its text when it is none), {@code text}, {@code finish_reason} and {@code
 * tool_calls} (the names of the functions called), and nothing else. Thread-safe.
 */
final class Rules {
  private static final int REMEMBERED = 256;

  /** Some milliseconds' worth: expressions and what they run over come from outside. */
  private static final int MOST_ITERATIONS = 10_000;

  private static final CelOptions OPTIONS =
      CelOptions.current()
          // 7.5 < 8 is an error without it
          .enableHeterogeneousNumericComparisons(true)
          .comprehensionMaxIterations(MOST_ITERATIONS)
          .build();

  private final Latest<String, CelRuntime.Program> known = new Latest<>(REMEMBERED);

  /** Loading CEL takes about a second of CPU: only who uses it pays. */
  private static final class Language {
    static final CelCompiler COMPILER =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS))
            .addVar("output", SimpleType.DYN)
            .addVar("text", SimpleType.STRING)
            .addVar("finish_reason", SimpleType.STRING)
            .addVar("tool_calls", ListType.create(SimpleType.STRING))
            .build();

    static final CelRuntime RUNTIME =
        CelRuntimeFactory.plannerRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS))
            .build();

    private Language() {}
  }

  /**
   * @throws BadCheck when it is no expression, or one that is neither true nor false
   */
  CelRule of(AskedChecks.Rule rule, String place) throws BadCheck {
    CelRuntime.Program ready = known.get(rule.rule());
    if (ready == null) {
      ready = compiled(rule.rule(), place);
      known.put(rule.rule(), ready);
    }
    return new CelRule(rule.rule(), rule.message(), ready);
  }

  private static CelRuntime.Program compiled(String expression, String place) throws BadCheck {
    try {
      CelAbstractSyntaxTree tree = Language.COMPILER.compile(expression).getAst();
      boolean decides =
          tree.getResultType().equals(SimpleType.BOOL)
              || tree.getResultType().equals(SimpleType.DYN);
      if (!decides) {
        throw new BadCheck(
            place, "is of type " + tree.getResultType().name() + "; a rule is true or false");
      }
      return Language.RUNTIME.createProgram(tree);
    } catch (CelValidationException | CelEvaluationException e) {
      throw new BadCheck(
          place,
          "is no expression in CEL over output, text, finish_reason and tool_calls: "
              + e.getMessage());
    }
  }
}
