package dev.flotilla.local.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The Java in the images: the modules that services use, cut out of the JDK that runs this. Made
 * once per JDK, because it takes half a minute.
 */
final class JavaRuntime {
  /**
   * All of Java SE, since review-service compiles what it is sent against it; the compiler; and
   * what libraries use beyond that. The same for all four, so that they share it.
   */
  static final List<String> MODULES =
      List.of(
          "java.se",
          "jdk.compiler",
          // Elliptic curves for TLS, where the JDK still has them in a module of their own.
          "jdk.crypto.ec",
          "jdk.jfr",
          "jdk.management",
          "jdk.unsupported",
          // The console's files are read out of a jar as a file system.
          "jdk.zipfs");

  private final Path folder;

  JavaRuntime(Path folder) {
    this.folder = folder;
  }

  void make() throws IOException, InterruptedException {
    var stamp = folder.resolveSibling("jre.stamp");
    if (Files.exists(stamp) && Files.readString(stamp).equals(identity())) {
      return;
    }
    Files.deleteIfExists(stamp);
    Layout.delete(folder);
    Command.run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--add-modules",
            String.join(",", MODULES),
            "--output",
            folder.toString()));
    Files.writeString(stamp, identity());
  }

  /** Of which JDK and which of its modules it is made. */
  static String identity() {
    return String.join(
        " ",
        System.getProperty("java.vm.vendor"),
        System.getProperty("java.vm.version"),
        System.getProperty("java.home"),
        String.join(",", MODULES));
  }
}
