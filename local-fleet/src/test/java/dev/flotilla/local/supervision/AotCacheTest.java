package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {
  @TempDir Path tree;
  private AotCache cache = AotCache.of(Service.ROUTER, Path.of("unset"));

  @BeforeEach
  void plant_a_jar_with_a_library() throws IOException {
    cache = AotCache.of(Service.ROUTER, tree);
    Files.createDirectories(cache.jar().resolveSibling("libs"));
    Files.createDirectories(cache.folder());
    plantJar(cache.jar(), "libs/greeting.jar");
    plantJar(library(), null);
  }

  @Test
  void the_jvm_starts_with_what_it_learned_in_a_rehearsal() throws Exception {
    assertEquals("Hello\n", outputOf(cache.startRecording()).substring(0, 6));
    cache.assemble(AotStamp.of(cache.jar()));

    assertTrue(cache.fits());
    var command = new ArrayList<>(List.of("-XX:AOTMode=on"));
    command.addAll(cache.startWithIt());
    assertEquals("Hello\n", outputOf(command), "AOTMode=on ends the JVM if the cache is refused");

    Files.setLastModifiedTime(cache.jar(), FileTime.fromMillis(0));
    assertTrue(cache.fits(), "built again with the same result");
    assertEquals("Hello\n", outputOf(command));
  }

  @Test
  void a_cache_of_other_jars_or_of_another_jvm_is_left_alone() throws IOException {
    var stamp = AotStamp.of(cache.jar());
    pretendToHaveACache(stamp);
    assertTrue(cache.fits());

    pretendToHaveACache(new AotStamp("another JVM", stamp.jars()));
    assertFalse(cache.fits());

    pretendToHaveACache(stamp);
    var bytes = Files.readAllBytes(library());
    bytes[bytes.length - 1]++;
    Files.write(library(), bytes);
    Files.setLastModifiedTime(library(), FileTime.fromMillis(0));
    assertFalse(cache.fits(), "another build of the same size");
    assertEquals(List.of("-jar", cache.jar().toString()), cache.startWithIt());
  }

  @Test
  void a_stamp_nobody_can_read_is_no_error() throws IOException {
    pretendToHaveACache(AotStamp.of(cache.jar()));
    Files.writeString(cache.folder().resolve("router.stamp"), "half a");
    assertFalse(cache.fits());
  }

  private void pretendToHaveACache(AotStamp stamp) throws IOException {
    Files.writeString(cache.folder().resolve("router.aot"), "");
    stamp.write(cache.folder().resolve("router.stamp"));
  }

  private Path library() {
    return cache.jar().resolveSibling("libs").resolve("greeting.jar");
  }

  private static String outputOf(List<String> arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(Launch.java()));
    command.addAll(Launch.JVM_FLAGS);
    command.addAll(arguments);
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }

  private static void plantJar(Path file, String classPath) throws IOException {
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Greeting.class.getName());
    if (classPath != null) {
      manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    }
    var name = Greeting.class.getName().replace('.', '/') + ".class";
    try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest);
        var code = Greeting.class.getClassLoader().getResourceAsStream(name)) {
      jar.putNextEntry(new JarEntry(name));
      Objects.requireNonNull(code).transferTo(jar);
      jar.closeEntry();
    }
  }

  /** The smallest service there is. */
  static final class Greeting {
    private Greeting() {}

    public static void main(String[] args) {
      System.out.println("Hello");
    }
  }
}
