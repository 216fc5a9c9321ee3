package dev.flotilla.tests.clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The programs for Node.js beside the packages they need, exactly those of {@code
 * package-lock.json}. They are fetched once, and again when that file changes.
 *
 * @param folder below the build's output; holds the programs and {@code node_modules}
 */
public record NodePackages(Path folder) {
  private static final String LOCK = "package-lock.json";
  private static final int PATIENCE_MINUTES = 5;

  /**
   * @param module the folder of the module that has the programs
   */
  public static NodePackages installed(Path module) {
    Path source = module.resolve("src/test/node");
    Path folder = module.resolve("target/node");
    try {
      Files.createDirectories(folder);
      // Two runs of the tests in one tree must not install at the same time; closing gives way.
      try (var door =
          FileChannel.open(
              folder.resolve("installing"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        door.lock();
        copy(source, folder);
        Path done = folder.resolve("installed-" + LOCK);
        if (!Files.exists(done) || Files.mismatch(done, folder.resolve(LOCK)) >= 0) {
          install(folder);
          Files.copy(folder.resolve(LOCK), done, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new NodePackages(folder);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static void install(Path folder) throws IOException {
    Path log = folder.resolve("npm.log");
    var npm =
        new ProcessBuilder(
                List.of(
                    "npm",
                    "ci",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "--prefer-offline",
                    "--no-progress"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Process process;
    try {
      process = npm.start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "npm is not on the PATH, and with it come the libraries of half of the programs here;"
              + " install the packages nodejs and npm, or run ./fleet test, which does",
          e);
    }
    try {
      if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroy();
        throw new IllegalStateException(
            "npm could not install the libraries: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while npm installs", e);
    }
  }
}
