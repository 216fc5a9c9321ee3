package dev.flotilla.provider.dialect.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.provider.dialect.AnswerStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/** Chunks that are there already, with pauses between them for a slow model. */
final class InventedStream implements AnswerStream {
  private final Iterator<ObjectNode> chunks;
  private final boolean cut;
  private final Duration between;
  private Duration untilNext;

  InventedStream(List<ObjectNode> chunks, Duration between, boolean cut) {
    this.chunks = chunks.iterator();
    this.between = between;
    this.untilNext = between;
    this.cut = cut;
  }

  @Override
  public Part next(Duration patience) throws InterruptedException {
    if (patience.compareTo(untilNext) < 0) {
      Thread.sleep(patience);
      untilNext = untilNext.minus(patience);
      return new Part.Silence();
    }
    Thread.sleep(untilNext);
    untilNext = between;
    if (chunks.hasNext()) {
      return new Part.Chunk(chunks.next());
    }
    return cut ? new Part.Broken("the simulated connection ended") : new Part.End();
  }

  @Override
  public void close() {
    // nobody is working
  }
}
