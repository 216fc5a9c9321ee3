package dev.flotilla.router.classification;

import dev.flotilla.router.exchange.TaskType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A rule a platform team writes: words, or a length.
 *
 * @param confidence 0 to 1
 * @param words matched at the beginning of a word, in any case, so that {@code format} does not
 *     fire on "information"; null for none
 * @param longerThanWords fires on longer texts; 0 switches this off
 */
public record KeywordRule(
    TaskType type, double confidence, @Nullable Pattern words, int longerThanWords) {

  /** Builds the pattern once: rules are matched with every request. */
  public static KeywordRule of(
      TaskType type, double confidence, List<String> words, int longerThan) {
    if (words.isEmpty()) {
      return new KeywordRule(type, confidence, null, longerThan);
    }
    var alternatives = new StringBuilder();
    for (String word : words) {
      alternatives
          .append(alternatives.isEmpty() ? "" : "|")
          .append(Pattern.quote(word.toLowerCase(Locale.ROOT)));
    }
    return new KeywordRule(
        type,
        confidence,
        Pattern.compile(
            "(?<![\\p{L}\\p{N}])(" + alternatives + ")",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE),
        longerThan);
  }

  /** Why this rule fires on a text; empty when it does not. */
  Optional<String> firesOn(String text) {
    if (words != null) {
      Matcher matcher = words.matcher(text);
      if (matcher.find()) {
        return Optional.of("keyword:" + matcher.group(1).toLowerCase(Locale.ROOT));
      }
    }
    if (longerThanWords > 0 && hasMoreWordsThan(longerThanWords, text)) {
      return Optional.of("longer_than_words:" + longerThanWords);
    }
    return Optional.empty();
  }

  private static boolean hasMoreWordsThan(int limit, String text) {
    int words = 0;
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      boolean space = Character.isWhitespace(text.charAt(i));
      if (inside && space) {
        inside = false;
      } else if (!inside && !space) {
        inside = true;
        if (++words > limit) {
          return true;
        }
      }
    }
    return false;
  }
}
