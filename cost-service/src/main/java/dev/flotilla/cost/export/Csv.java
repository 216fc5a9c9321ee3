package dev.flotilla.cost.export;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lines of comma-separated values as RFC 4180 has them. */
final class Csv {
  private static final String FORMULA = "=+-@\t\r";

  private Csv() {}

  /** Flush it at the end. */
  static Writer writer(OutputStream out) {
    return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  static void line(Writer out, List<? extends @Nullable Object> fields) throws IOException {
    for (int i = 0; i < fields.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      Object field = fields.get(i);
      if (field != null) {
        out.write(
            switch (field) {
              case String text -> quoted(text);
              // Spreadsheets and people misread 7E-9.
              case BigDecimal number -> number.toPlainString();
              default -> field.toString();
            });
      }
    }
    out.write("\r\n");
  }

  private static String quoted(String text) {
    // Names come from callers: a spreadsheet must not run one as a formula.
    String safe = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    boolean plain = safe.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}
