package dev.flotilla.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM's heap really holds, which its resident memory does not tell. */
public final class LiveHeap {
  private static final Pattern GENERATION =
      Pattern.compile("(?:DefNew|Tenured) +total \\d+K, used (\\d+)K");

  private LiveHeap() {}

  /**
   * Collects that JVM's garbage and says what is left, in MB. For the serial collector.
   *
   * @throws IOException when it does not answer
   */
  public static double mb(long pid) throws IOException, InterruptedException {
    String _ = jcmd(pid, "GC.run");
    Matcher generation = GENERATION.matcher(jcmd(pid, "GC.heap_info"));
    double kilobytes = 0;
    int generations = 0;
    while (generation.find()) {
      kilobytes += Long.parseLong(generation.group(1));
      generations++;
    }
    if (generations != 2) {
      throw new IOException("the heap of process " + pid + " cannot be read");
    }
    return kilobytes / 1024;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd " + command + " failed: " + said);
    }
    return said;
  }
}
