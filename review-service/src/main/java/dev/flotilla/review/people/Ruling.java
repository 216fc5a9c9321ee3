package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What became of a person's claim or decision. */
public sealed interface Ruling {
  /** It holds. */
  record Holds(ObjectNode question) implements Ruling {}

  /** Somebody, or the deadline, was first; the question says who and when. */
  record TooLate(ObjectNode question) implements Ruling {}

  /** Somebody else has claimed it a moment ago. */
  record Claimed(ObjectNode question) implements Ruling {}

  /** This question is not answered with that word. */
  record NotAWord(List<String> allowed) implements Ruling {}

  /** The team has no such question. */
  record Unknown() implements Ruling {}
}
