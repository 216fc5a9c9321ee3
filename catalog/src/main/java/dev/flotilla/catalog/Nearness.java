package dev.flotilla.catalog;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which names a wrong one may have been meant to be. */
public final class Nearness {
  private Nearness() {}

  /** The nearest names, nearest first, however far they are. */
  public static List<String> nearest(String wrong, Collection<String> names, int atMost) {
    return names.stream()
        .sorted(Comparator.comparingInt((String name) -> distance(wrong, name)))
        .limit(atMost)
        .toList();
  }

  /** The name that was probably meant; empty when none differs by only a third of its letters. */
  public static Optional<String> meant(String wrong, Collection<String> names) {
    return names.stream()
        .filter(name -> !name.isEmpty())
        .filter(name -> distance(wrong, name) <= Math.max(1, (name.length() + 2) / 3))
        .min(
            Comparator.comparingInt((String name) -> distance(wrong, name))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Edit distance in which two neighbours that changed places are one change. */
  private static int distance(String a, String b) {
    int[][] changes = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        changes[i][j] = i == 0 || j == 0 ? i + j : best(changes, a, b, i, j);
      }
    }
    return changes[a.length()][b.length()];
  }

  private static int best(int[][] changes, String a, String b, int i, int j) {
    int replaced = changes[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int least = Math.min(replaced, Math.min(changes[i - 1][j], changes[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, changes[i - 2][j - 2] + 1) : least;
  }
}
