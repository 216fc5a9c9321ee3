package dev.flotilla.provider.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.ledger.AttemptUsage;
import java.time.Duration;

/** The rest of a streamed answer, in OpenAI's chunks. One thread at a time. */
public interface AnswerStream extends AutoCloseable {
  /** What came next, or {@link Part.Silence} when nothing did in time. */
  Part next(Duration patience) throws InterruptedException;

  /** Stops the provider, if it still works. */
  @Override
  void close();

  /** A piece of a stream. */
  sealed interface Part {
    /** A chunk as the provider sent it. */
    record Chunk(ObjectNode body) implements Part {}

    /**
     * What the provider has counted already, of which the caller hears only at the end. When the
     * stream breaks, the input in it is what will be charged.
     */
    record Counted(AttemptUsage soFar) implements Part {}

    /** The provider is alive but has nothing to say. */
    record Alive() implements Part {}

    /** Nothing arrived within the patience. */
    record Silence() implements Part {}

    /** The provider says or shows that this was all; whether it is whole is not its word alone. */
    record End() implements Part {}

    /**
     * The connection ended in order, but without the word that ends a stream. Whether the answer is
     * whole its finish reason says.
     */
    record Ceased() implements Part {}

    /**
     * The stream broke.
     *
     * @param reason safe to show
     * @param why what it means for the model and for whoever asks next
     */
    record Broken(String reason, Failure why) implements Part {
      /** The connection or what came through it was at fault. */
      public Broken(String reason) {
        this(reason, new Failure.Lost());
      }
    }
  }
}
