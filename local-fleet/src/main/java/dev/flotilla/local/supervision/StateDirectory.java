package dev.flotilla.local.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Everything a fleet leaves on disk: {@code postgres/ redis/ spool/ logs/ run/}. Deleting it
 * forgets the fleet.
 */
public record StateDirectory(Path root) {
  private static final long LOG_LIMIT = 20L * 1024 * 1024;

  /** The real path, so that the same directory reached by a link is the same fleet. */
  static StateDirectory create(Path root) {
    try {
      Files.createDirectories(root);
      var state = new StateDirectory(root.toRealPath());
      for (var part : List.of("redis", "spool", "logs", "run")) {
        Files.createDirectories(state.root.resolve(part));
      }
      onlyForUs(state.root, "rwx------");
      return state;
    } catch (IOException e) {
      throw new CannotStart(
          "The state directory "
              + root
              + " cannot be written ("
              + e.getMessage()
              + "); name another one with --state DIR",
          e);
    }
  }

  /** A directory that may not exist yet. */
  public static StateDirectory at(Path root) {
    try {
      return new StateDirectory(
          Files.exists(root) ? root.toRealPath() : root.toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path redis() {
    return root.resolve("redis");
  }

  Path spool() {
    return root.resolve("spool");
  }

  public Path log(String part) {
    return root.resolve("logs").resolve(part + ".log");
  }

  Path run(String file) {
    return root.resolve("run").resolve(file);
  }

  /**
   * What the command line of every process of this fleet contains. The slash tells {@code a/} from
   * {@code ab/}.
   */
  public String mark() {
    return root + "/";
  }

  /** The log of a part that is about to start; a big one steps aside first. */
  public Path logForStart(String part) {
    var log = log(part);
    try {
      Files.createDirectories(log.getParent());
      if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
        Files.move(log, log.resolveSibling(part + ".log.1"), StandardCopyOption.REPLACE_EXISTING);
      }
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String tailOfLog(String part) {
    try {
      if (!Files.exists(log(part))) {
        return "";
      }
      var lines =
          new String(Files.readAllBytes(log(part)), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whoever reads the file sees the old text or the new one, never half of it. */
  void write(String file, String text) {
    try {
      var target = run(file);
      var draft = Files.createTempFile(target.getParent(), file, ".new");
      Files.writeString(draft, text);
      onlyForUs(draft, "rw-------");
      try {
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String file) {
    try {
      Files.deleteIfExists(run(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void onlyForUs(Path path, String permissions) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
  }
}
