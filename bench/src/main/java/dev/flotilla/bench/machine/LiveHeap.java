package dev.flotilla.bench.machine;

import java.io.IOException;
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
    String _ = Jcmd.ask(pid, "GC.run");
    Matcher generation = GENERATION.matcher(Jcmd.ask(pid, "GC.heap_info"));
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
}
