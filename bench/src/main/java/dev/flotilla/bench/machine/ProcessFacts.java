package dev.flotilla.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Reads {@code /proc}. What has ended counts as 0. */
public final class ProcessFacts {
  /** {@code USER_HZ}, which Linux promises to programs whatever the kernel was built with. */
  private static final double TICKS_PER_SECOND = 100;

  private ProcessFacts() {}

  /** User and system time of these processes, without children that ended. */
  public static double cpuSeconds(Collection<Long> pids) {
    double sum = 0;
    for (long pid : pids) {
      String stat = read(pid, "stat");
      if (!stat.isEmpty()) {
        // The second field is the program's name in parentheses and may contain blanks.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
      }
    }
    return sum;
  }

  /** Resident memory now. */
  public static double residentMb(long pid) {
    return statusMb(pid, "VmRSS:");
  }

  /** The most it was since it began. */
  public static double mostResidentMb(long pid) {
    return statusMb(pid, "VmHWM:");
  }

  /** Its descendants and itself, as they are now. */
  public static List<Long> tree(long pid) {
    var all = new ArrayList<Long>();
    ProcessHandle.of(pid)
        .ifPresent(
            process -> {
              all.add(pid);
              process.descendants().map(ProcessHandle::pid).forEach(all::add);
            });
    return List.copyOf(all);
  }

  private static double statusMb(long pid, String name) {
    for (String line : read(pid, "status").split("\n")) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    return 0;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }
}
