package dev.flotilla.local.images;

import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How the process of a service really runs in its container, as the kernel has it and not as we
 * asked for it.
 *
 * @param user its id
 * @param readOnlyRoot whether nothing can be written but what is mounted
 * @param powerless whether it has no capabilities and can gain none
 * @param memoryLimit bytes that it and its files in memory may have; {@link Long#MAX_VALUE} where
 *     this machine has no such limits
 * @param mostResident bytes it ever had in memory at once
 */
public record Contained(
    long user, boolean readOnlyRoot, boolean powerless, long memoryLimit, long mostResident) {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Pattern USER = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)");
  private static final Pattern CAPABILITIES = Pattern.compile("(?m)^Cap(?:Prm|Bnd):\\s+0*[1-9a-f]");
  private static final Pattern NO_NEW_ONES = Pattern.compile("(?m)^NoNewPrivs:\\s+1$");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB");
  private static final Pattern ROOT = Pattern.compile("(?m)^\\d+ \\d+ \\S+ \\S+ / (\\S+)");
  private static final Pattern OWN_HIERARCHY = Pattern.compile("(?m)^\\d+:memory:(.*)$");
  private static final Pattern ONE_HIERARCHY = Pattern.compile("(?m)^0::(.*)$");

  /** Of a fleet started with {@link Containers}. */
  public static Contained in(LocalFleet fleet, Service service)
      throws IOException, InterruptedException {
    var id =
        Podman.call(
            List.of(
                "ps",
                "--quiet",
                "--filter=label=flotilla.state=" + fleet.stateDirectory() + "/",
                "--filter=label=flotilla.service=" + service.label()));
    return of(id);
  }

  /** Of a container that runs, by its name or id. */
  static Contained of(String id) throws IOException, InterruptedException {
    var pid = Podman.call(List.of("inspect", "--format={{.State.Pid}}", id));
    var process = Path.of("/proc", pid);
    var status = Files.readString(process.resolve("status"));
    return new Contained(
        number(USER, status),
        word(ROOT, Files.readString(process.resolve("mountinfo"))).startsWith("ro"),
        !CAPABILITIES.matcher(status).find() && NO_NEW_ONES.matcher(status).find(),
        limit(Files.readString(process.resolve("cgroup"))),
        number(RESIDENT, status) * 1024);
  }

  private static long limit(String groups) throws IOException {
    var own = OWN_HIERARCHY.matcher(groups);
    var one = ONE_HIERARCHY.matcher(groups);
    Path file;
    if (own.find()) {
      file = CGROUPS.resolve("memory" + own.group(1)).resolve("memory.limit_in_bytes");
    } else if (one.find()) {
      file = CGROUPS.resolve(one.group(1).substring(1)).resolve("memory.max");
    } else {
      return Long.MAX_VALUE;
    }
    var text = Files.exists(file) ? Files.readString(file).strip() : "max";
    return text.equals("max") ? Long.MAX_VALUE : Long.parseLong(text);
  }

  private static long number(Pattern pattern, String text) {
    return Long.parseLong(word(pattern, text));
  }

  private static String word(Pattern pattern, String text) {
    var found = pattern.matcher(text);
    if (!found.find()) {
      throw new IllegalStateException("no " + pattern + " in:\n" + text);
    }
    return found.group(1);
  }
}
