package dev.flotilla.learning.text;

/** Features of one kind. What a word means at the beginning is not what it means anywhere. */
enum Block {
  WORD(0),
  PAIR(1),
  HEAD(2),
  HEAD_PAIR(3),
  FIRST(4),
  LETTERS(5),
  SHAPE(6),
  LEXICON(7);

  /** Part of every hash, so of every model: it never changes. */
  final int salt;

  Block(int salt) {
    this.salt = salt;
  }
}
