package dev.flotilla.learning.text;

import java.util.ArrayList;
import java.util.List;

/** A text as its words, numbers and signs. */
final class Words {
  /** A text's beginning says what it is; the rest only takes time. */
  private static final int MOST = 600;

  /** What stands for any number: which one it is says nothing about the kind of work. */
  static final String NUMBER = "0";

  private Words() {}

  /** In small letters, in their order; each sign is one of its own. */
  static List<String> of(String text) {
    var words = new ArrayList<String>();
    int at = 0;
    while (at < text.length() && words.size() < MOST) {
      char first = text.charAt(at);
      int end = at + 1;
      if (Character.isLetter(first)) {
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
          end++;
        }
        words.add(lower(text, at, end));
      } else if (Character.isDigit(first)) {
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
          end++;
        }
        words.add(NUMBER);
      } else if (!Character.isWhitespace(first) && first != '_') {
        words.add(String.valueOf(first));
      }
      at = end;
    }
    return words;
  }

  /** Letter by letter, so that it does not depend on where the machine stands. */
  private static String lower(String text, int from, int to) {
    var word = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      word.append(Character.toLowerCase(text.charAt(i)));
    }
    return word.toString();
  }
}
