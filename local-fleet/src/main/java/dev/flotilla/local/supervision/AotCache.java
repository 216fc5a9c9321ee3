package dev.flotilla.local.supervision;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the JVM of one service learned in a rehearsal: its classes, loaded and linked. A start with
 * it takes half the processor time. A cache that does not fit is left alone, and the service starts
 * as if there were none.
 *
 * @param folder shared by all fleets of a tree
 */
public record AotCache(Service service, Path jar, Path folder) {

  public static AotCache of(Service service, Path tree) {
    return new AotCache(service, service.jarIn(tree), folderIn(tree));
  }

  public static List<AotCache> allIn(Path tree) {
    return Stream.of(Service.values()).map(service -> of(service, tree)).toList();
  }

  public static Path folderIn(Path tree) {
    return tree.resolve(".flotilla").resolve("aot");
  }

  /** Made of the jars that are there now, by this JVM. */
  public boolean fits() {
    return Files.exists(cache()) && AotStamp.isStillTrue(stamp(), jar);
  }

  /** What follows the JVM's flags on the command line of a service. */
  public List<String> startWithIt() {
    return fits()
        ? List.of("-XX:AOTCache=" + cache(), "-jar", jar.toString())
        : List.of("-jar", jar.toString());
  }

  /** The same for a rehearsal: at its orderly end the JVM writes down what it learned. */
  public List<String> startRecording() {
    return List.of(
        "-XX:AOTMode=record", "-XX:AOTConfiguration=" + recording(), "-jar", jar.toString());
  }

  /**
   * Turns a recording into the cache.
   *
   * @param stamp of the jars as they were before the rehearsal; others may have been built since
   */
  public void assemble(AotStamp stamp) throws IOException, InterruptedException {
    var draft = folder.resolve(service.label() + ".aot.new");
    var command = new ArrayList<String>();
    command.add(Launch.java());
    // The JVM uses a cache only with the collector it was made with.
    command.addAll(Launch.JVM_FLAGS);
    command.add("-XX:AOTMode=create");
    command.add("-XX:AOTConfiguration=" + recording());
    command.add("-XX:AOTCache=" + draft);
    command.addAll(List.of("-jar", jar.toString()));
    var jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
    var said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var status = jvm.waitFor();
    Files.deleteIfExists(recording());
    if (status != 0 || !Files.exists(draft)) {
      throw new IOException(
          "the JVM made no cache of " + jar + " (status " + status + "); it said:\n" + said);
    }
    // First the old stamp goes, so that at no moment a stamp vouches for somebody else's cache.
    Files.deleteIfExists(stamp());
    Files.move(draft, cache(), StandardCopyOption.REPLACE_EXISTING);
    stamp.write(stamp());
  }

  private Path cache() {
    return folder.resolve(service.label() + ".aot");
  }

  private Path stamp() {
    return folder.resolve(service.label() + ".stamp");
  }

  private Path recording() {
    return folder.resolve(service.label() + ".aotconf");
  }
}
