package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.provider.dialect.AnswerStream.Part;

/** Waits for the first chunk of a stream: until it is here an error can be a plain HTTP error. */
public final class FirstChunk {
  private FirstChunk() {}

  /** Opened, or a failure; then the stream is closed. */
  public static CallOutcome of(Question question, AnswerStream stream) {
    Failure failure = null;
    try {
      while (failure == null) {
        switch (stream.next(question.deadline().remaining())) {
          case Part.Chunk(ObjectNode chunk) -> {
            return new CallOutcome.Opened(200, chunk, stream);
          }
          case Part.Alive(), Part.Counted(_) -> {
            if (question.deadline().passed()) {
              failure = new Failure.TimedOut();
            }
          }
          case Part.Silence() -> failure = new Failure.TimedOut();
          case Part.End(), Part.Ceased() -> failure = new Failure.BadAnswer(200, null);
          case Part.Broken(_, Failure why) -> failure = why;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = new Failure.Lost();
    }
    stream.close();
    return failure;
  }
}
