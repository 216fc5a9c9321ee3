package dev.flotilla.provider.spool;

import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Where the segments of one process lie, and the lock that keeps a second process out. Released
 * when it is closed or the process ends, however it ends.
 */
final class SpoolFolder implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(SpoolFolder.class.getName());
  private static final String SUFFIX = ".segment";

  private final Path path;
  private final RandomAccessFile lock;

  private SpoolFolder(Path path, RandomAccessFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * @throws ConfigurationException when another process has it
   * @throws IOException when it cannot be used
   */
  static SpoolFolder lock(Path path) throws IOException {
    Files.createDirectories(path);
    var file = new RandomAccessFile(path.resolve("lock").toFile(), "rw");
    try {
      if (file.getChannel().tryLock() != null) {
        return new SpoolFolder(path, file);
      }
    } catch (OverlappingFileLockException e) {
      LOG.log(Level.FINE, "locked within this process", e);
    }
    file.close();
    throw new ConfigurationException(
        "flotilla.spool.dir is "
            + path
            + ", which another provider-service is using; give every instance a folder of its own");
  }

  Path path() {
    return path;
  }

  /** The file of the segment with this number; names sort as numbers do. */
  Path segment(long number) {
    return path.resolve("%012d%s".formatted(number, SUFFIX));
  }

  /** The segments that are there, oldest first. */
  List<Path> segments() throws IOException {
    try (Stream<Path> all = Files.list(path)) {
      return all.filter(f -> f.getFileName().toString().matches("\\d+\\" + SUFFIX))
          .sorted()
          .toList();
    }
  }

  static long number(Path segment) {
    String name = segment.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
