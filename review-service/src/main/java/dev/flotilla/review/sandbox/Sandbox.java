package dev.flotilla.review.sandbox;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A room for commands that nobody trusts, made of Linux namespaces by util-linux. In it there are
 * the system's programs, read-only, and one folder that can be written, in memory; no network, no
 * other processes, no other files, no rights. Whatever a command leaves behind ends with it.
 * Thread-safe.
 */
public final class Sandbox {
  private static final List<String> SYSTEM =
      List.of(
          "/usr",
          "/bin",
          "/sbin",
          "/lib",
          "/lib32",
          "/lib64",
          "/etc/alternatives",
          "/etc/ld.so.cache",
          "/dev/null",
          "/dev/zero",
          "/dev/full",
          "/dev/random",
          "/dev/urandom");

  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "PATH",
          "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
          "HOME",
          "/room",
          "LANG",
          "C.UTF-8",
          "TMPDIR",
          "/tmp");

  /** Program to Debian package. */
  private static final Map<String, String> NEEDED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("unshare", "util-linux"),
              Map.entry("setpriv", "util-linux"),
              Map.entry("prlimit", "util-linux"),
              Map.entry("pivot_root", "util-linux"),
              Map.entry("mount", "mount"),
              Map.entry("umount", "mount"),
              Map.entry("sh", "dash"),
              Map.entry("head", "coreutils"),
              Map.entry("timeout", "coreutils")));

  /**
   * Prints what of a closed room is open. Run inside, where nothing but "closed" may be printed.
   */
  private static final String PROBE =
      """
      [ "$(cat proof)" = given ] || echo "files do not arrive"
      [ "$$" -lt 50 ] || echo "processes outside can be seen"
      touch /room/new /tmp/new || echo "its own folder cannot be written"
      if touch /new 2>/dev/null || touch /usr/new 2>/dev/null; then echo "the system can be written"; fi
      if [ -e "$1" ]; then echo "other files can be seen"; fi
      [ "$(grep -c : /proc/net/dev)" -le 1 ] || echo "the network can be seen"
      if unshare --user true 2>/dev/null; then echo "rights can be had again"; fi
      [ "$(prlimit --noheadings --output=HARD --nproc)" -eq 64 ] || echo "processes are not bounded"
      grep -q 'CapEff:.0000000000000000' /proc/self/status || echo "it has rights"
      [ "$(env | grep -c -v -E '^(PATH|HOME|LANG|TMPDIR|PWD|OLDPWD|_|SHLVL)=')" -eq 0 ] || echo "the environment can be seen"
      echo closed
      """;

  /** Nobody on this machine: root's own processes are not bounded in number. */
  private static final String NOBODY = "65534";

  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final String script;
  private final boolean root;
  private final Semaphore places;

  private Sandbox(int atOnce) {
    script = script();
    root = isRoot();
    places = new Semaphore(atOnce, true);
  }

  /**
   * Tries the sandbox out.
   *
   * @param atOnce how many commands run at the same time, at least 1; further ones wait
   * @throws ConfigurationException when it does not hold here, saying what is missing and what to
   *     do
   */
  public static Sandbox open(int atOnce) {
    for (var needed : NEEDED.entrySet()) {
      if (program(needed.getKey()) == null) {
        throw new ConfigurationException(
            "Commands cannot verify anything here: the program "
                + needed.getKey()
                + " is missing. Install the package "
                + needed.getValue()
                + ", or take the commands out of verifiers.yaml");
      }
    }
    var sandbox = new Sandbox(atOnce);
    sandbox.mustHold();
    return sandbox;
  }

  private void mustHold() {
    Path outside = Path.of("").toAbsolutePath();
    // Part of the system when somebody starts this in / or /usr; then look for what is not.
    String secret =
        outside.startsWith("/usr") || outside.getNameCount() == 0 ? "/home" : outside.toString();
    var probe =
        new Job(
            List.of("sh", "-c", PROBE, "probe", secret),
            Map.of("proof", "given".getBytes(StandardCharsets.UTF_8)),
            List.of(),
            Limits.USUAL);
    Ending ending = run(probe, Deadline.in(Duration.ofSeconds(30)));
    if (ending instanceof Ending.Exited(int status, String output)
        && status == 0
        && output.equals("closed\n")) {
      return;
    }
    String found =
        switch (ending) {
          case Ending.Exited(int status, String output) ->
              output.strip() + " (status " + status + ")";
          case Ending.Stopped(String why, String output) -> why;
          case Ending.NotStarted(String why) -> why;
        };
    throw new ConfigurationException(
        "Commands cannot verify anything here, because their sandbox does not hold: "
            + found
            + ". It needs user namespaces: sysctl user.max_user_namespaces above 0, kernel.apparmor_restrict_unprivileged_userns 0"
            + " where there is one, and in a container a seccomp profile that admits unshare and mount and an unmasked /proc."
            + " Or let another machine run them (flotilla.review.verifier-url), or take the commands out of verifiers.yaml");
  }

  /** Runs a job and waits for its end, until its wall clock or the deadline at the latest. */
  public Ending run(Job job, Deadline deadline) {
    try {
      if (!places.tryAcquire(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS)) {
        return new Ending.NotStarted("there was no time left to start it");
      }
      try {
        return entered(job, deadline);
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Ending.NotStarted("nobody waits for it any more");
    } catch (IOException e) {
      return new Ending.NotStarted(String.valueOf(e.getMessage()));
    }
  }

  private Ending entered(Job job, Deadline deadline) throws IOException, InterruptedException {
    long end =
        System.nanoTime()
            + Math.min(job.limits().wallClock().toNanos(), deadline.remaining().toNanos());
    var files = new TreeMap<>(job.files());
    var builder = new ProcessBuilder(command(job, files)).redirectErrorStream(true);
    builder.directory(Path.of("/").toFile());
    builder.environment().clear();
    builder.environment().putAll(ENVIRONMENT);
    Process process = builder.start();
    var output = new Output(job.limits().outputKilobytes() * 1024);
    Thread feeding = Thread.ofVirtual().start(() -> feed(process, files.values()));
    Thread reading = Thread.ofVirtual().start(() -> output.read(process.getInputStream()));
    String stopped = null;
    try {
      while (stopped == null && !process.waitFor(LOOK)) {
        if (System.nanoTime() - end >= 0) {
          stopped = "it took longer than it may";
        } else if (output.isFull()) {
          stopped = "it wrote more than " + job.limits().outputKilobytes() + " KB";
        } else if (memory(process) > job.limits().memoryMegabytes() * 1_048_576L) {
          stopped = "it used more than " + job.limits().memoryMegabytes() + " MB of memory";
        }
      }
    } finally {
      // Kills the first process of its namespace, and the kernel all others. By its handle, because
      // Process.destroyForcibly would close the pipe with what was not read yet.
      process.toHandle().destroyForcibly();
      process.waitFor();
      feeding.join();
      reading.join();
    }
    if (!output.started()) {
      return new Ending.NotStarted(stopped == null ? output.all().strip() : stopped);
    }
    if (stopped == null && output.isFull()) {
      stopped = "it wrote more than " + job.limits().outputKilobytes() + " KB";
    }
    return stopped == null
        ? new Ending.Exited(process.exitValue(), output.afterStart())
        : new Ending.Stopped(stopped, output.afterStart());
  }

  private List<String> command(Job job, Map<String, byte[]> files) {
    Limits limits = job.limits();
    var command = new ArrayList<String>();
    if (root) {
      command.addAll(
          List.of(here("setpriv"), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    command.addAll(
        List.of(
            here("unshare"),
            "--user",
            "--map-root-user",
            "--mount",
            "--pid",
            "--net",
            "--ipc",
            "--uts",
            "--cgroup",
            "--fork",
            "--kill-child=KILL"));
    command.addAll(List.of(here("sh"), "-c", script, "enter", limits.spaceMegabytes() + "m"));
    SYSTEM.stream().filter(path -> Files.exists(Path.of(path))).forEach(command::add);
    command.addAll(job.readable());
    command.add("--");
    files.forEach((name, content) -> command.addAll(List.of(name, "" + content.length)));
    command.add("--");
    // Ends it also when this service is killed and can end nothing any more.
    command.addAll(
        List.of("timeout", "--signal=KILL", "" + limits.wallClock().plus(GRACE).toSeconds()));
    command.addAll(
        List.of(
            "prlimit",
            "--cpu=" + limits.cpu().toSeconds() + ":" + (limits.cpu().toSeconds() + 1),
            both("data", limits.memoryMegabytes() * 1_048_576L),
            both("as", limits.addressMegabytes() * 1_048_576L),
            both("fsize", limits.fileMegabytes() * 1_048_576L),
            both("nproc", limits.processes()),
            both("nofile", 256),
            both("msgqueue", 0),
            both("memlock", 65_536),
            both("core", 0)));
    // Last, because whoever has rights in a namespace can raise limits.
    command.addAll(
        List.of(
            "setpriv",
            "--no-new-privs",
            "--bounding-set=-all",
            "--inh-caps=-all",
            "--ambient-caps=-all"));
    command.addAll(job.command());
    return command;
  }

  private static String both(String limit, long value) {
    return "--" + limit + "=" + value + ":" + value;
  }

  /** Of all processes together: what is theirs alone, and what they share among each other. */
  private static long memory(Process process) {
    return process.descendants().mapToLong(each -> memory(each.pid())).sum();
  }

  private static long memory(long pid) {
    try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(
              line ->
                  line.startsWith("RssAnon:")
                      || line.startsWith("RssShmem:")
                      || line.startsWith("VmSwap:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .sum();
    } catch (IOException | UncheckedIOException e) {
      // It has ended meanwhile.
      return 0;
    }
  }

  private static void feed(Process process, Iterable<byte[]> files) {
    try (OutputStream in = process.getOutputStream()) {
      for (byte[] file : files) {
        in.write(file);
      }
    } catch (IOException e) {
      // It ended before it had read everything, and what it printed says why.
      return;
    }
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      throw new ConfigurationException(
          "Commands cannot verify anything here, because there is no /proc: " + e.getMessage(), e);
    }
  }

  private static String here(String program) {
    Path found = program(program);
    return found == null ? program : found.toString();
  }

  private static @Nullable Path program(String name) {
    for (String folder : List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    return null;
  }

  private static String script() {
    try (InputStream in = Sandbox.class.getResourceAsStream("/sandbox/enter.sh")) {
      if (in == null) {
        throw new IllegalStateException("sandbox/enter.sh is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
