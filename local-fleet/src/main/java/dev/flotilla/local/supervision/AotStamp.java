package dev.flotilla.local.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * Of which JVM and which jars a cache was made: a jar with all that its manifest refers to. The JVM
 * compares no more than the sizes of jars, and would run the code of an older build.
 */
public record AotStamp(String jvm, List<Jar> jars) {

  /**
   * @param modified milliseconds
   */
  record Jar(Path path, long size, long modified, String sha256) {
    static Jar of(Path path) throws IOException {
      return new Jar(
          path, Files.size(path), Files.getLastModifiedTime(path).toMillis(), digestOf(path));
    }

    static Jar parse(String line) {
      var words = line.split(" ", 4);
      return new Jar(
          Path.of(words[3]), Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]);
    }

    @Override
    public String toString() {
      return size + " " + modified + " " + sha256 + " " + path;
    }

    boolean isStillTrue() throws IOException {
      if (!Files.exists(path) || Files.size(path) != size) {
        return false;
      }
      // A build that changed nothing still gives its jars another time.
      return Files.getLastModifiedTime(path).toMillis() == modified
          || digestOf(path).equals(sha256);
    }
  }

  public static AotStamp of(Path jar) throws IOException {
    var jars = new ArrayList<Jar>();
    for (var path : classPath(jar)) {
      jars.add(Jar.of(path));
    }
    return new AotStamp(thisJvm(), List.copyOf(jars));
  }

  void write(Path file) throws IOException {
    var lines = new ArrayList<String>();
    lines.add(jvm);
    jars.forEach(jar -> lines.add(jar.toString()));
    Files.write(file, lines);
  }

  /** Reads as little as possible, because it stands before every start. */
  static boolean isStillTrue(Path file, Path jar) {
    try {
      if (!Files.exists(file)) {
        return false;
      }
      var lines = Files.readAllLines(file);
      var jars = lines.stream().skip(1).map(Jar::parse).toList();
      if (!lines.getFirst().equals(thisJvm()) || !jars.getFirst().path().equals(jar)) {
        return false;
      }
      for (var known : jars) {
        if (!known.isStillTrue()) {
          return false;
        }
      }
      return true;
    } catch (IOException | RuntimeException unreadable) {
      // Whatever is wrong with it, the next rehearsal writes a better one.
      return false;
    }
  }

  private static List<Path> classPath(Path jar) throws IOException {
    var paths = new ArrayList<>(List.of(jar));
    try (var file = new JarFile(jar.toFile())) {
      var manifest = file.getManifest();
      var others =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      if (others != null) {
        for (var other : others.strip().split(" +")) {
          paths.add(jar.resolveSibling(other));
        }
      }
    }
    return paths;
  }

  private static String thisJvm() {
    return System.getProperty("java.vm.vendor")
        + " "
        + System.getProperty("java.vm.version")
        + " "
        + System.getProperty("java.home");
  }

  private static String digestOf(Path path) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK knows SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
