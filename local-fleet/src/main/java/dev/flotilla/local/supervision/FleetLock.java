package dev.flotilla.local.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/**
 * Held by the one supervisor of a state directory. The system lets go of it even after {@code kill
 * -9}, which a pid file cannot promise.
 */
final class FleetLock implements AutoCloseable {
  private static final String FILE = "lock";
  private final FileChannel channel;

  private FleetLock(FileChannel channel) {
    this.channel = channel;
  }

  static FleetLock take(StateDirectory state) {
    try {
      var channel =
          FileChannel.open(state.run(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!locks(channel)) {
        channel.close();
        throw new CannotStart(
            "A fleet already runs with the state directory "
                + state.root()
                + "; see ./fleet status, or name another one with --state DIR");
      }
      return new FleetLock(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isHeld(StateDirectory state) {
    if (!Files.exists(state.run(FILE))) {
      return false;
    }
    try (var channel = FileChannel.open(state.run(FILE), StandardOpenOption.WRITE)) {
      return !locks(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean locks(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException heldByThisProcess) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
