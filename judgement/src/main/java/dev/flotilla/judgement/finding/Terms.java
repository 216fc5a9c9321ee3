package dev.flotilla.judgement.finding;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a text is compared by; both maps are in alphabetical order.
 *
 * @param words with their weights: words without their endings, names in code as a whole ({@code
 *     =name}) and in parts
 * @param runs of {@value #RUN} characters, letters and digits in small and one blank for all else;
 *     each weighs 1
 * @param names whether the text names something in code
 */
public record Terms(Map<String, Double> words, Map<String, Double> runs, boolean names) {
  private static final int RUN = 4;

  /** A name in code says more about the place than a word. */
  private static final double NAME = 2;

  private static final int SHORTEST_STEM = 4;
  private static final Pattern WORD = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*");
  private static final Pattern IN_CODE = Pattern.compile("\\p{Ll}\\p{Lu}|[\\p{L}\\p{Nd}]_\\p{L}");
  private static final Pattern PARTS = Pattern.compile("_+|(?<=[\\p{Ll}\\p{Nd}])(?=\\p{Lu})");
  private static final Set<String> COMMON =
      Set.of(
          """
          a an and are as at be been being but by can could did do does for from had has have if in instead into is it
          its may might must no not of on or only should so some such than that the their them then there these they
          this those to too was were when where which while will with without would you your also any all both each
          use uses used using"""
              .split("\\s+"));

  public Terms {
    words = Collections.unmodifiableMap(new TreeMap<>(words));
    runs = Collections.unmodifiableMap(new TreeMap<>(runs));
  }

  /** Reads a text. */
  public static Terms of(String text) {
    var words = new TreeMap<String, Double>();
    boolean names = false;
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      String word = matcher.group();
      if (IN_CODE.matcher(word).find()) {
        names = true;
        words.put("=" + word.toLowerCase(Locale.ROOT), NAME);
        for (String part : PARTS.split(word)) {
          put(part, words);
        }
      } else {
        put(word, words);
      }
    }
    return new Terms(words, runs(text), names);
  }

  private static void put(String word, Map<String, Double> words) {
    String small = word.toLowerCase(Locale.ROOT);
    if (small.length() > 1 && !COMMON.contains(small)) {
      words.putIfAbsent(stem(small), 1.0);
    }
  }

  /** Without the endings of plurals and verbs, as far as English is regular. */
  public static String stem(String word) {
    if (word.endsWith("ies") && word.length() > SHORTEST_STEM) {
      return word.substring(0, word.length() - 3) + "y";
    }
    for (String ending : List.of("ing", "ed", "es", "s")) {
      if (word.endsWith(ending)
          && !word.endsWith("ss")
          && word.length() - ending.length() >= SHORTEST_STEM) {
        return word.substring(0, word.length() - ending.length());
      }
    }
    return word;
  }

  private static Map<String, Double> runs(String text) {
    String plain =
        " " + text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{Nd}]+", " ").strip() + " ";
    var runs = new TreeMap<String, Double>();
    for (int i = 0; i + RUN <= plain.length(); i++) {
      runs.put(plain.substring(i, i + RUN), 1.0);
    }
    return runs;
  }
}
