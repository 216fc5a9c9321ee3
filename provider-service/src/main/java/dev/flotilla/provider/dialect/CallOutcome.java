package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** How asking a provider ended. */
public sealed interface CallOutcome permits CallOutcome.Answered, CallOutcome.Opened, Failure {
  /** The whole answer is here; nobody has validated what it says. */
  record Answered(int status, Completion completion) implements CallOutcome {}

  /** A stream has begun: its first chunk and the rest, which the receiver closes. */
  record Opened(int status, ObjectNode first, AnswerStream rest) implements CallOutcome {}
}
