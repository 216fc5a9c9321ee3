package dev.flotilla.learning.text;

import java.util.regex.Pattern;

/** How a text looks, whatever it says. */
final class Shape {
  private static final String CODE_SIGNS = "{}[]();=<>_";

  private static final Pattern CODE =
      Pattern.compile(
          "^[ \\t]*(def |class |import |function |#include|public )", Pattern.MULTILINE);
  private static final Pattern OPTIONS = Pattern.compile("^[ \\t]*[A-D][.)]", Pattern.MULTILINE);
  private static final Pattern LIST =
      Pattern.compile("^[ \\t]*(\\d+[.)]|[-*])\\s", Pattern.MULTILINE);

  private Shape() {}

  /**
   * @param whole length of the text of which this was seen
   */
  static void mark(String seen, int whole, Marks marks) {
    int length = Math.max(1, seen.length());
    int lines = 0;
    int questions = 0;
    int signs = 0;
    int digits = 0;
    int foreign = 0;
    int formula = 0;
    for (int i = 0; i < seen.length(); i++) {
      char c = seen.charAt(i);
      lines += c == '\n' ? 1 : 0;
      questions += c == '?' ? 1 : 0;
      signs += c < 128 && CODE_SIGNS.indexOf(c) >= 0 ? 1 : 0;
      digits += c >= '0' && c <= '9' ? 1 : 0;
      foreign += c > 127 ? 1 : 0;
      formula += c == '$' || c == '\\' ? 1 : 0;
    }
    String trimmed = seen.strip();
    int firstLine = trimmed.indexOf('\n') < 0 ? trimmed.length() : trimmed.indexOf('\n');
    marks.markUpTo(Block.SHAPE, "length", log2(whole));
    marks.markUpTo(Block.SHAPE, "first-line", log2(firstLine));
    marks.markUpTo(Block.SHAPE, "lines", log2(lines));
    marks.markUpTo(Block.SHAPE, "questions", Math.min(3, questions));
    marks.markUpTo(Block.SHAPE, "signs", Math.min(6, 40 * signs / length));
    marks.markUpTo(Block.SHAPE, "digits", Math.min(6, 40 * digits / length));
    marks.markUpTo(Block.SHAPE, "foreign", Math.min(4, 20 * foreign / length));
    marks.markUpTo(Block.SHAPE, "formula", Math.min(4, formula / 2));
    markIf(seen.contains("```"), "fence", marks);
    markIf(CODE.matcher(seen).find(), "code", marks);
    markIf(OPTIONS.matcher(seen).find(), "options", marks);
    markIf(LIST.matcher(seen).find(), "list", marks);
    markIf(seen.contains("\n\n"), "paragraphs", marks);
    markIf(trimmed.endsWith("?"), "ends-asking", marks);
    markIf(trimmed.endsWith(":"), "ends-with-colon", marks);
  }

  private static void markIf(boolean so, String what, Marks marks) {
    if (so) {
      marks.mark(Block.SHAPE, what);
    }
  }

  private static int log2(int count) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(count + 1);
  }
}
