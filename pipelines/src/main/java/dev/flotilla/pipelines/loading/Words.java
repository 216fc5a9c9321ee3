package dev.flotilla.pipelines.loading;

import java.util.Set;

/** Words that cannot name anything in a pipeline, because a language in it uses them itself. */
final class Words {
  static final Set<String> RESERVED =
      Set.of(
          // ours
          "input",
          "output",
          "loop",
          // CEL
          "as",
          "bool",
          "break",
          "bytes",
          "const",
          "continue",
          "double",
          "dyn",
          "else",
          "false",
          "for",
          "function",
          "has",
          "if",
          "import",
          "in",
          "int",
          "let",
          "list",
          "map",
          "namespace",
          "null",
          "null_type",
          "package",
          "return",
          "string",
          "true",
          "type",
          "uint",
          "var",
          "void",
          "while",
          // Pebble
          "and",
          "contains",
          "endfor",
          "endif",
          "equals",
          "is",
          "none",
          "not",
          "or");

  private Words() {}
}
