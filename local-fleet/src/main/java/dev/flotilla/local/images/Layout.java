package dev.flotilla.local.images;

import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of the images as the Dockerfile copies them, in {@code target/images/}. Libraries that
 * all four services have lie in one folder, and then in one layer. Times and permissions are always
 * the same, whoever lays them out.
 */
final class Layout {
  private static final Pattern TIMESTAMP =
      Pattern.compile("<project\\.build\\.outputTimestamp>([^<]+)<");

  private final Path tree;
  private final Path folder;

  Layout(Path tree) {
    this.tree = tree;
    this.folder = tree.resolve("target").resolve("images");
  }

  Path folder() {
    return folder;
  }

  Path dockerfile() {
    return tree.resolve("images").resolve("Dockerfile");
  }

  Path of(Service service) {
    return folder.resolve(service.label());
  }

  /** What the JVM of a service learned; an empty folder until it did. */
  Path learned(Service service) {
    return folder.resolve("aot").resolve(service.label());
  }

  /** The time of every file in the images: that of the build, which is written in its pom. */
  Instant timestamp() throws IOException {
    var found = TIMESTAMP.matcher(Files.readString(tree.resolve("pom.xml")));
    if (!found.find()) {
      throw new CannotStart("pom.xml has no project.build.outputTimestamp, the time of all files");
    }
    return Instant.parse(found.group(1));
  }

  /**
   * @param ownBase with a C library of our own, not that of an image below
   */
  void make(boolean ownBase) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    var base = folder.resolve("base");
    if (ownBase) {
      new BaseFiles(base).make();
    } else {
      delete(base);
      Files.createDirectories(base);
    }
    new JavaRuntime(folder.resolve("jre")).make();
    Files.createDirectories(folder.resolve("spool"));
    var shared = shared();
    var sharedLibs = folder.resolve("shared").resolve("libs");
    delete(folder.resolve("shared"));
    Files.createDirectories(sharedLibs);
    for (var name : shared) {
      Files.copy(libs(Service.ROUTER).resolve(name), sharedLibs.resolve(name));
    }
    for (var service : Service.values()) {
      delete(of(service));
      var own = Files.createDirectories(of(service).resolve("libs"));
      try (var libs = Files.list(libs(service))) {
        for (var lib : libs.filter(lib -> !shared.contains(name(lib))).toList()) {
          Files.copy(lib, own.resolve(name(lib)), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Files.copy(service.jarIn(tree), of(service).resolve("service.jar"));
      Files.createDirectories(learned(service));
    }
    settle();
  }

  /** Gives every file its time and its permissions. */
  void settle() throws IOException {
    var time = FileTime.from(timestamp());
    for (var part : List.of("base", "jre", "shared", "spool", "aot")) {
      settle(folder.resolve(part), time);
    }
    for (var service : Service.values()) {
      settle(of(service), time);
    }
    var tmp = folder.resolve("base").resolve("tmp");
    if (Files.exists(tmp)) {
      Files.setAttribute(tmp, "unix:mode", 01777);
    }
  }

  private static void settle(Path root, FileTime time) throws IOException {
    try (var paths = Files.walk(root)) {
      for (var path : paths.toList()) {
        if (!Files.isSymbolicLink(path)) {
          var open = Files.isDirectory(path) || Files.isExecutable(path);
          Files.setPosixFilePermissions(
              path, PosixFilePermissions.fromString(open ? "rwxr-xr-x" : "rw-r--r--"));
        }
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .setTimes(time, null, null);
      }
    }
  }

  /** Names of libraries that all four have, byte for byte. */
  private Set<String> shared() throws IOException {
    var shared = new TreeSet<String>();
    try (var libs = Files.list(libs(Service.ROUTER))) {
      for (var lib : libs.toList()) {
        if (inAll(lib)) {
          shared.add(name(lib));
        }
      }
    }
    return shared;
  }

  private boolean inAll(Path lib) throws IOException {
    for (var service : Service.values()) {
      var other = libs(service).resolve(name(lib));
      if (Files.notExists(other) || Files.mismatch(lib, other) >= 0) {
        return false;
      }
    }
    return true;
  }

  private Path libs(Service service) {
    return service.jarIn(tree).resolveSibling("libs");
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** Bytes of all files in a folder. */
  static long size(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      long sum = 0;
      for (var path :
          paths.filter(Files::isRegularFile).sorted(Comparator.naturalOrder()).toList()) {
        sum += Files.size(path);
      }
      return sum;
    }
  }

  /** Does nothing when it is not there. Links are deleted, and not what they lead to. */
  static void delete(Path root) throws IOException {
    if (Files.notExists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path folder, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
