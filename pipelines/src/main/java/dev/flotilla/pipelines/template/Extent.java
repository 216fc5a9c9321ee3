package dev.flotilla.pipelines.template;

import dev.flotilla.pipelines.value.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How long a template's text becomes.
 *
 * @param literal pieces of text the template brings itself
 * @param printed values it prints
 */
record Extent(List<Literal> literal, List<Printed> printed) {
  /** Stands for a list that is written into the template, or made there. */
  static final Path UNNAMED = Path.of("");

  /** Such a list is short: each item needs two characters of the template. */
  private static final long UNNAMED_ITEMS = 1_000;

  /** What a block of data adds around a value. */
  private static final long FRAME = 64;

  /** A character of an address may become {@code %XX} three times. */
  private static final long URL_ENCODED = 9;

  /** A character of JSON may become a backslash, a u and four digits. */
  private static final long JSON_ESCAPED = 6;

  Extent {
    literal = List.copyOf(literal);
    printed = List.copyOf(printed);
  }

  /**
   * @param bytes in UTF-8
   * @param loops lists that are run over around it, outermost first
   */
  record Literal(long bytes, List<Path> loops) {
    Literal {
      loops = List.copyOf(loops);
    }
  }

  /**
   * @param loops lists that are run over around it, outermost first
   */
  record Printed(Path path, Set<String> filters, List<Path> loops) {
    Printed {
      filters = Set.copyOf(filters);
      loops = List.copyOf(loops);
    }
  }

  /** Bytes at most, when the sizes are upper bounds. */
  long bytes(Sizes sizes) {
    long bytes = 0;
    for (Literal one : literal) {
      bytes = sum(bytes, times(one.bytes(), one.loops(), sizes));
    }
    for (Printed one : printed) {
      bytes = sum(bytes, bytes(one, sizes));
    }
    return bytes;
  }

  /** All items of a list together are no longer than the list. */
  private static long bytes(Printed one, Sizes sizes) {
    var others = new HashSet<>(one.loops());
    Path counted = one.path();
    for (Path loop : one.loops()) {
      if (runsThrough(one.path(), loop)) {
        others.remove(loop);
        counted = loop.steps().size() < counted.steps().size() ? loop : counted;
      }
    }
    long frames = times(FRAME, one.loops(), sizes);
    return sum(
        frames,
        times(product(sizes.bytes(counted), growth(one.filters())), List.copyOf(others), sizes));
  }

  private static boolean runsThrough(Path path, Path list) {
    int length = list.steps().size();
    return path.steps().size() > length
        && path.steps().subList(0, length).equals(list.steps())
        && path.steps().get(length).equals(Path.ITEM);
  }

  private static long growth(Set<String> filters) {
    long growth = 1;
    if (filters.contains("urlencode")) {
      growth *= URL_ENCODED;
    }
    if (filters.contains("json")) {
      growth *= JSON_ESCAPED;
    }
    if (filters.contains("upper") || filters.contains("replace") || filters.contains("join")) {
      // The longest upper case is three letters for one; what is put in between is short.
      growth *= 3;
    }
    return growth;
  }

  private static long times(long bytes, List<Path> loops, Sizes sizes) {
    long product = bytes;
    for (Path loop : loops) {
      product = product(product, loop.equals(UNNAMED) ? UNNAMED_ITEMS : sizes.items(loop));
    }
    return product;
  }

  private static long sum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private static long product(long a, long b) {
    return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
  }
}
