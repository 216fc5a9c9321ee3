package dev.flotilla.learning.text;

import dev.flotilla.learning.linear.SparseVector;
import java.util.EnumMap;
import java.util.List;

/**
 * What a prompt looks like to a linear model: its words and pairs of words, those it begins with,
 * runs of 3 to 5 letters, its shape, and what the lexicon knows of its words. Hashed, so that
 * nothing has to be known of a word beforehand. Thread-safe.
 */
public final class PromptFeatures {
  /** Of vectors for kinds of work: few examples, and a model of some hundred kilobytes. */
  public static final int PLACES = 1 << 15;

  /** Of vectors for subjects, of which there are thousands of examples. */
  public static final int SUBJECT_PLACES = 1 << 17;

  /** Of a longer prompt only its beginning and its end are read, and never copied whole. */
  private static final int BEGINNING = 7_000;

  private static final int END = 1_000;

  private static final int HEAD = 8;
  private static final int MOST_LETTERS = 3_000;
  private static final int SHORTEST_RUN = 3;
  private static final int LONGEST_RUN = 5;

  /** What comes after the first line is something to work on from this length on. */
  private static final int PAYLOAD = 100;

  /** Of a subject, of which words say more. */
  private static final double OF_LETTERS = 0.5;

  private PromptFeatures() {}

  /** What kind of work it asks for; what it says to whoever sorts requests is not looked at. */
  public static SparseVector of(String prompt) {
    String seen = OrdersToTheSorter.without(seen(prompt));
    List<String> words = Words.of(seen);
    var marks = new Marks(PLACES);
    markWords(words, marks);
    marks.endGroup(1);
    markHead(words, marks);
    marks.endGroup(1);
    markLetters(seen, marks);
    marks.endGroup(1);
    Shape.mark(seen, prompt.length(), marks);
    marks.endGroup(1);
    markLexicon(seen, words, marks);
    marks.endGroup(1);
    return marks.vector();
  }

  /**
   * What a prompt is about, which says how hard it is: its words and pairs of words, runs of
   * letters, and its shape.
   */
  public static SparseVector ofSubject(String prompt) {
    String seen = seen(prompt);
    var marks = new Marks(SUBJECT_PLACES);
    markWords(Words.of(seen), marks);
    marks.endGroup(1);
    markLetters(seen, marks);
    marks.endGroup(OF_LETTERS);
    Shape.mark(seen, prompt.length(), marks);
    marks.endGroup(1);
    return marks.vector();
  }

  private static String seen(String prompt) {
    return prompt.length() <= BEGINNING + END
        ? prompt
        : prompt.substring(0, BEGINNING) + prompt.substring(prompt.length() - END);
  }

  private static void markWords(List<String> words, Marks marks) {
    for (int i = 0; i < words.size(); i++) {
      marks.mark(Block.WORD, words.get(i));
      if (i > 0) {
        marks.markPair(Block.PAIR, words.get(i - 1), words.get(i));
      }
    }
  }

  private static void markHead(List<String> words, Marks marks) {
    int most = Math.min(HEAD, words.size());
    for (int i = 0; i < most; i++) {
      marks.mark(Block.HEAD, words.get(i));
      if (i > 0) {
        marks.markPair(Block.HEAD_PAIR, words.get(i - 1), words.get(i));
      }
    }
    if (!words.isEmpty()) {
      marks.mark(Block.FIRST, words.getFirst());
    }
  }

  private static void markLetters(String prompt, Marks marks) {
    var letters = new StringBuilder(" ");
    for (int i = 0; i < prompt.length() && letters.length() < MOST_LETTERS; i++) {
      char c = Character.toLowerCase(prompt.charAt(i));
      if (!Character.isWhitespace(c)) {
        letters.append(c);
      } else if (letters.charAt(letters.length() - 1) != ' ') {
        letters.append(' ');
      }
    }
    for (int run = SHORTEST_RUN; run <= LONGEST_RUN; run++) {
      for (int i = 0; i + run <= letters.length(); i++) {
        marks.mark(Block.LETTERS, letters, i, i + run);
      }
    }
  }

  private static void markLexicon(String prompt, List<String> words, Marks marks) {
    String trimmed = prompt.strip();
    int end = trimmed.indexOf('\n');
    String first = end < 0 ? trimmed : trimmed.substring(0, end);
    boolean payload = trimmed.length() - first.length() > PAYLOAD;
    var times = new EnumMap<Lexicon.Group, Integer>(Lexicon.Group.class);
    for (String word : words) {
      Lexicon.of(word).forEach(group -> times.merge(group, 1, Integer::sum));
    }
    for (var each : times.entrySet()) {
      marks.mark(Block.LEXICON, each.getKey().name());
      if (each.getValue() > 2) {
        marks.markPair(Block.LEXICON, "often", each.getKey().name());
      }
    }
    List<String> beginning = Words.of(first);
    for (int i = 0; i < beginning.size(); i++) {
      for (Lexicon.Group group : Lexicon.of(beginning.get(i))) {
        marks.markPair(Block.LEXICON, "line", group.name());
        marks.markPair(Block.LEXICON, payload ? "with" : "alone", group.name());
        if (i == 0) {
          marks.markPair(Block.LEXICON, "first", group.name());
        }
      }
    }
    if (end >= 0) {
      for (String word : Words.of(trimmed.substring(trimmed.lastIndexOf('\n')))) {
        Lexicon.of(word).forEach(group -> marks.markPair(Block.LEXICON, "last", group.name()));
      }
    }
    marks.mark(Block.LEXICON, payload ? "payload" : "no payload");
  }
}
