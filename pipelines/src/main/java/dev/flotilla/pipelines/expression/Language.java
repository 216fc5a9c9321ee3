package dev.flotilla.pipelines.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.flotilla.pipelines.value.Kind;
import java.util.Map;
import java.util.Set;

/** CEL as pipelines use it. Loading it takes about a second of CPU: only who uses it pays. */
final class Language {
  /** Some milliseconds' worth: what expressions run over comes from outside. */
  private static final int MOST_ITERATIONS = 10_000;

  static final CelOptions OPTIONS =
      CelOptions.current()
          // 7.5 < 8 is an error without it
          .enableHeterogeneousNumericComparisons(true)
          .comprehensionMaxIterations(MOST_ITERATIONS)
          .build();

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setOptions(OPTIONS)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS))
          .build();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.plannerRuntimeBuilder()
          .setOptions(OPTIONS)
          .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS))
          .build();

  private Language() {}

  static CelAbstractSyntaxTree parse(String source) throws CelValidationException {
    return COMPILER.parse(source).getAst();
  }

  /** A program to which every one of the names may be of any kind. */
  static CelRuntime.Program program(String source, Set<String> names)
      throws CelValidationException, CelEvaluationException {
    var builder = COMPILER.toCompilerBuilder();
    names.forEach(name -> builder.addVar(name, SimpleType.DYN));
    return RUNTIME.createProgram(builder.build().compile(source).getAst());
  }

  /**
   * The kind of its value.
   *
   * @param kinds of all its names
   */
  static Kind kind(String source, Map<String, Kind> kinds) throws CelValidationException {
    var builder = COMPILER.toCompilerBuilder();
    kinds.forEach((name, kind) -> builder.addVar(name, type(kind)));
    return switch (builder.build().compile(source).getAst().getResultType().kind()) {
      case BOOL -> Kind.TRUTH;
      case STRING -> Kind.TEXT;
      case INT, UINT, DOUBLE -> Kind.NUMBER;
      case LIST -> Kind.LIST;
      case MAP -> Kind.OBJECT;
      case NULL_TYPE -> Kind.NULL;
      default -> Kind.ANY;
    };
  }

  private static CelType type(Kind kind) {
    return switch (kind) {
      case TEXT -> SimpleType.STRING;
      case TRUTH -> SimpleType.BOOL;
      case LIST -> ListType.create(SimpleType.DYN);
      case OBJECT -> MapType.create(SimpleType.STRING, SimpleType.DYN);
      // A number of JSON may be whole or not, which CEL tells apart.
      case NUMBER, NULL, ANY -> SimpleType.DYN;
    };
  }
}
