package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What became of a question that was put. */
public sealed interface Asked {
  /** Nobody had asked it before. */
  record New(ObjectNode question) implements Asked {}

  /** It was asked before, and stands as it was asked first. */
  record Known(ObjectNode question) implements Asked {}

  /** Another run or team asked something under this id. */
  record Taken() implements Asked {}
}
