package dev.flotilla.local.terminal;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows under headings. A heading that begins with {@code >} aligns its column to the right, as
 * numbers want it.
 */
public final class Table {
  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  public void row(String... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells under " + headings.size() + " headings");
    }
    rows.add(List.of(cells));
  }

  public void print(Terminal out) {
    out.line(out.bold(line(headings.stream().map(Table::title).toList())));
    rows.forEach(row -> out.line(line(row)));
  }

  private String line(List<String> cells) {
    var line = new StringBuilder();
    for (var column = 0; column < cells.size(); column++) {
      var cell = cells.get(column);
      var blank = " ".repeat(width(column) - cell.length());
      line.append(isNumeric(column) ? blank + cell : cell + blank).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream()
        .mapToInt(row -> row.get(column).length())
        .reduce(title(headings.get(column)).length(), Math::max);
  }

  private boolean isNumeric(int column) {
    return headings.get(column).startsWith(">");
  }

  private static String title(String heading) {
    return heading.startsWith(">") ? heading.substring(1) : heading;
  }
}
