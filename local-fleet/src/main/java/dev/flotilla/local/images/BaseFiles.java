package dev.flotilla.local.images;

import dev.flotilla.local.supervision.CannotStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in an image beside Java and the service: the C library of a Debian package, the names of
 * two users, and a /tmp. No shell, no package manager, nothing that could be run.
 */
final class BaseFiles {
  private static final String PACKAGE = "libc6";

  private static final String USERS =
      """
      root:x:0:0:root:/:/nonexistent
      flotilla:x:10001:10001:flotilla:/:/nonexistent
      """;

  private static final String GROUPS =
      """
      root:x:0:
      flotilla:x:10001:
      """;

  private final Path folder;

  BaseFiles(Path folder) {
    this.folder = folder;
  }

  /**
   * Fetches the package by apt once; later builds take the same.
   *
   * @throws CannotStart when there is no Debian package to be had
   */
  void make() throws IOException, InterruptedException {
    var packages = Files.createDirectories(folder.resolveSibling("packages"));
    var archive = archiveIn(packages);
    Layout.delete(folder);
    Files.createDirectories(folder);
    Command.runIn(
        folder,
        List.of(
            "/bin/sh",
            "-euc",
            // Without tables of old character sets, which Java has itself; with the licence.
            "dpkg-deb --fsys-tarfile \"$0\" | tar -x -p --no-same-owner --exclude='*/gconv'"
                + " && rm -rf usr/share/lintian usr/share/doc/libc6/[!c]*",
            archive.toString()));
    // Since Debian 13 programs look for it by links.
    for (var name : List.of("lib", "lib64")) {
      if (Files.notExists(folder.resolve(name)) && Files.exists(folder.resolve("usr/" + name))) {
        Files.createSymbolicLink(folder.resolve(name), Path.of("usr/" + name));
      }
    }
    var etc = Files.createDirectories(folder.resolve("etc"));
    Files.writeString(etc.resolve("passwd"), USERS);
    Files.writeString(etc.resolve("group"), GROUPS);
    Files.writeString(etc.resolve("nsswitch.conf"), "hosts: files dns\n");
    Files.createDirectories(folder.resolve("tmp"));
  }

  private static Path archiveIn(Path packages) throws IOException, InterruptedException {
    var known = deb(packages);
    if (known != null) {
      return known;
    }
    try {
      Command.runIn(packages, List.of("apt-get", "download", "-qq", PACKAGE));
    } catch (IOException | CannotStart e) {
      throw new CannotStart(
          "The images' C library comes from Debian's package "
              + PACKAGE
              + ", which could not be fetched. Run apt-get update and try again; or, elsewhere than"
              + " on Debian, name an image to build on: ./fleet images --base debian:13-slim\n"
              + e.getMessage(),
          e);
    }
    var fetched = deb(packages);
    if (fetched == null) {
      throw new CannotStart("apt-get download left no package in " + packages);
    }
    return fetched;
  }

  private static @Nullable Path deb(Path packages) throws IOException {
    try (var files = Files.list(packages)) {
      return files
          .filter(file -> file.toString().endsWith(".deb"))
          .sorted()
          .findFirst()
          .orElse(null);
    }
  }
}
