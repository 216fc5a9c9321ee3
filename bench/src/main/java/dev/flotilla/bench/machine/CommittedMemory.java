package dev.flotilla.bench.machine;

import java.io.IOException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM holds by its own books (Native Memory Tracking): heap, code, classes, threads, direct
 * buffers. Resident memory is more and jumps by tens of megabytes when a large method is compiled,
 * because the C library keeps what the compiler gave back until it is asked for it.
 */
public final class CommittedMemory {
  /** What compilers work in while they work: it is returned, and says nothing of the program. */
  private static final Set<String> WHILE_COMPILING = Set.of("Compiler", "Arena Chunk");

  private static final Pattern KIND =
      Pattern.compile("(?m)^- +(\\S.*?) \\(reserved=\\d+KB, committed=(\\d+)KB");

  private CommittedMemory() {}

  /**
   * In MB, without what its compilers work in. For JVMs started with {@code
   * -XX:NativeMemoryTracking=summary}.
   *
   * @throws IOException when it does not answer, or keeps no such books
   */
  public static double mb(long pid) throws IOException, InterruptedException {
    return of(Jcmd.ask(pid, "VM.native_memory", "summary"));
  }

  static double of(String summary) throws IOException {
    Matcher kinds = KIND.matcher(summary);
    double kilobytes = 0;
    boolean any = false;
    while (kinds.find()) {
      any = true;
      if (!WHILE_COMPILING.contains(kinds.group(1))) {
        kilobytes += Long.parseLong(kinds.group(2));
      }
    }
    if (!any) {
      throw new IOException("no books of native memory are kept: " + summary.strip());
    }
    return kilobytes / 1024;
  }
}
