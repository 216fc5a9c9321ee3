package dev.flotilla.review.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.http.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody would try whose artifact is run. Each is tried in Python, and each stays inside.
 */
class SandboxEscapesTest {
  private static final Limits LIMITS =
      new Limits(Duration.ofSeconds(60), Duration.ofSeconds(3), 128, 1_024, 8, 32, 32, 64);

  private static Sandbox sandbox;

  @TempDir Path outside;

  @BeforeAll
  static void open() {
    sandbox = Sandbox.open(2);
  }

  @Test
  void what_it_is_given_is_there_and_what_it_prints_and_how_it_ends_is_told() {
    Ending ending = python("import sys; print(open('given.txt').read()); sys.exit(3)");
    assertEquals(new Ending.Exited(3, "what was given\n"), ending);
  }

  @Test
  void no_listener_on_this_machine_can_be_reached() throws IOException {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String said =
          said(
              """
              import socket
              try:
                  socket.create_connection(("127.0.0.1", %d), timeout=2)
                  print("connected")
              except OSError as e:
                  print("refused:", e)
              """
                  .formatted(listener.getLocalPort()));
      assertTrue(said.startsWith("refused:"), said);
      listener.setSoTimeout(1);
      assertFalse(accepts(listener));
    }
  }

  @Test
  void no_name_can_be_looked_up_and_no_packet_leaves() {
    String said =
        said(
            """
            import socket
            for attempt in (lambda: socket.getaddrinfo("example.com", 80),
                            lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53)),
                            lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("2001:4860:4860::8888", 53)),
                            lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)):
                try:
                    attempt()
                    print("left")
                except OSError:
                    print("stayed")
            print([name for _, name in socket.if_nameindex()])
            """);
    assertEquals("stayed\nstayed\nstayed\nstayed\n['lo']\n", said);
  }

  @Test
  void no_unix_socket_can_be_reached_neither_by_path_nor_by_abstract_name() throws Exception {
    String name = "flotilla-" + UUID.randomUUID();
    // The JDK has no abstract sockets: one is opened by a process of the test's own.
    Process abstractly =
        new ProcessBuilder(
                "python3",
                "-c",
                "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind('\\0' + sys.argv[1]); s.listen(); print('ready', flush=True); sys.stdin.read()",
                name)
            .start();
    Path path = outside.resolve("s");
    try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var ready = abstractly.inputReader()) {
      assertEquals("ready", ready.readLine());
      listener.bind(UnixDomainSocketAddress.of(path));
      String said =
          said(
              """
              import socket
              for address in ("\\0%s", "%s"):
                  try:
                      socket.socket(socket.AF_UNIX).connect(address)
                      print("connected")
                  except OSError as e:
                      print(type(e).__name__)
              """
                  .formatted(name, path));
      assertEquals("ConnectionRefusedError\nFileNotFoundError\n", said);
    } finally {
      abstractly.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_fork_bomb_has_only_its_own_room() throws Exception {
    String token = token();
    String said =
        said(
            """
            import os, sys, time
            count = 0
            try:
                while True:
                    if os.fork() == 0:
                        time.sleep(3600)
                    count += 1
            except OSError:
                print(count)
            # %s
            """
                .formatted(token));
    int processes = Integer.parseInt(said.strip());
    assertTrue(processes > 0 && processes < LIMITS.processes(), said);
    assertNothingIsLeftOf(token);
  }

  @Test
  void a_bomb_that_forks_for_ever_is_ended_by_its_wall_clock() throws Exception {
    String token = token();
    var limits =
        new Limits(Duration.ofSeconds(5), Duration.ofSeconds(8), 128, 1_024, 8, 32, 32, 64);
    Ending ending =
        run(
            limits,
            "python3",
            "-c",
            """
            import os
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
            #"""
                + token);
    assertInstanceOf(Ending.Stopped.class, ending, ending.toString());
    assertNothingIsLeftOf(token);
  }

  @Test
  void ten_gigabytes_of_output_end_it_after_the_first_kilobytes() {
    long before = System.nanoTime();
    Ending ending = run(LIMITS, "sh", "-c", "head -c 10G /dev/zero | tr '\\0' 'x'");
    var stopped = assertInstanceOf(Ending.Stopped.class, ending, ending.toString());
    assertEquals("it wrote more than 64 KB", stopped.why());
    assertEquals(64 * 1024, stopped.output().length());
    assertTrue(System.nanoTime() - before < LIMITS.wallClock().toNanos());
  }

  @Test
  void a_file_cannot_be_larger_than_it_may() {
    String said =
        said(
            """
            import os, signal
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            try:
                with open("big", "wb") as f:
                    while True:
                        f.write(b"x" * 65536)
            except OSError as e:
                print(e.strerror, os.path.getsize("big") // 1048576)
            """);
    assertEquals("File too large 8\n", said);
  }

  @Test
  void the_disk_cannot_be_filled() {
    String said =
        said(
            """
            count = 0
            try:
                while True:
                    with open(f"f{count}", "wb") as f:
                        f.write(b"x" * 1048576)
                    count += 1
            except OSError as e:
                print(e.strerror, count)
            """);
    assertTrue(said.startsWith("No space left on device "), said);
    assertTrue(Integer.parseInt(said.strip().replaceAll(".* ", "")) <= 32, said);
  }

  @Test
  void the_disk_cannot_be_filled_with_names() {
    String said =
        said(
            """
            count = 0
            try:
                while True:
                    open(f"f{count}", "w").close()
                    count += 1
            except OSError as e:
                print(e.strerror)
            """);
    assertEquals("No space left on device\n", said);
  }

  @Test
  void a_link_out_of_the_folder_leads_nowhere() throws IOException {
    Path secret = Files.writeString(outside.resolve("secret.txt"), "the secret");
    String said =
        said(
            """
            import os
            os.symlink("%1$s", "link")
            os.symlink("/", "root")
            for way in ("link", "root%1$s", "../../../../../../..%1$s", "/proc/self/cwd/../../..%1$s", "/proc/self/root%1$s", "/proc/1/root%1$s"):
                try:
                    print(open(way).read())
                except OSError as e:
                    print(type(e).__name__)
            try:
                os.link("%1$s", "hard")
                print("linked")
            except OSError as e:
                print(type(e).__name__)
            """
                .formatted(secret));
    assertFalse(said.contains("the secret"), said);
    assertFalse(said.contains("linked"), said);
    assertEquals(7, said.lines().filter(line -> line.endsWith("Error")).count(), said);
  }

  @Test
  void the_folder_cannot_be_left_by_the_ways_root_knows() throws IOException {
    Path secret = Files.writeString(outside.resolve("secret.txt"), "the secret");
    String said =
        said(
            """
            import os, subprocess
            for attempt in (lambda: os.chroot("/room"),
                            lambda: os.mknod("disk", 0o60600, os.makedev(8, 0)),
                            lambda: os.setuid(1),
                            lambda: open("/proc/sys/kernel/core_pattern", "w"),
                            lambda: open("/proc/sysrq-trigger", "w"),
                            lambda: open("/dev/kmsg", "w"),
                            lambda: open("/dev/sda"),
                            lambda: open("/dev/vda"),
                            lambda: open("/dev/tty")):
                try:
                    attempt()
                    print("done")
                except OSError as e:
                    print("refused")
            for command in (["mount", "-t", "tmpfs", "none", "/room"],
                            ["mount", "-o", "remount,bind,rw", "/"],
                            ["umount", "-l", "/proc"],
                            ["umount", "-l", "/usr"],
                            ["unshare", "--user", "--map-root-user", "true"],
                            ["unshare", "--mount", "true"],
                            ["nsenter", "--target", "1", "--mount", "true"],
                            ["prlimit", "--nproc=4096:4096", "true"]):
                done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
                print(" ".join(command), "done" if done else "refused")
            """);
    assertFalse(said.contains("done"), said);
    assertEquals(17, said.lines().count(), said);
    assertEquals("the secret", Files.readString(secret));
  }

  @Test
  void the_environment_of_this_service_cannot_be_read() {
    long parent = ProcessHandle.current().pid();
    String said =
        said(
            """
            import os
            print(sorted(os.environ))
            for pid in ("1", "%d", str(os.getppid())):
                try:
                    print("read", open(f"/proc/{pid}/environ").read().count("="))
                except OSError as e:
                    print(type(e).__name__)
            print(all(int(pid) < 100 for pid in os.listdir("/proc") if pid.isdigit()))
            """
                .formatted(parent));
    String[] lines = said.split("\n");
    assertTrue(
        lines[0].matches("\\['HOME', 'LANG', ('OLDPWD', )?'PATH', 'PWD', 'TMPDIR'\\]"), said);
    // 1 is the shell that built the room, whose environment is the room's; it has rights, so not
    // even that.
    assertEquals("PermissionError", lines[1], said);
    assertEquals("FileNotFoundError", lines[2], said);
    assertEquals("True", lines[lines.length - 1], said);
  }

  @Test
  void no_file_of_this_machine_beside_the_systems_programs_can_be_read() throws IOException {
    Path secret = Files.writeString(outside.resolve("secret.txt"), "the secret");
    String said =
        said(
            """
            import os
            for path in ("%s", "/etc/shadow", "/etc/hostname", "/home", "/var", "/run", "/sys", "%s"):
                try:
                    os.stat(path)
                    print(path)
                except OSError:
                    pass
            print(sorted(os.listdir("/")))
            print(os.listdir("/tmp"))
            """
                .formatted(secret, Path.of("").toAbsolutePath()));
    assertTrue(said.startsWith("['bin', 'dev', 'etc', 'lib'"), said);
    assertTrue(said.endsWith("[]\n"), said);
  }

  @Test
  void nothing_can_be_written_elsewhere() {
    Path target = outside.resolve("planted");
    String said =
        said(
            """
            import os
            for path in ("/planted", "/usr/planted", "/etc/planted", "/etc/passwd", "/dev/planted", "/usr/bin/python3", "%s"):
                try:
                    open(path, "a").close()
                    print("written", path)
                except OSError:
                    print("refused")
            open("/tmp/here", "w").close()
            """
                .formatted(target));
    assertEquals("refused\n".repeat(7), said);
    assertFalse(Files.exists(target));
  }

  @Test
  void no_process_outside_can_be_signalled() throws Exception {
    Process bystander = new ProcessBuilder("sleep", "3600").start();
    try {
      String said =
          said(
              """
              import os, signal
              for pid in (%d, %d):
                  try:
                      os.kill(pid, signal.SIGKILL)
                      print("sent")
                  except ProcessLookupError:
                      print("nobody")
              os.kill(1, signal.SIGKILL)
              os.kill(1, signal.SIGTERM)
              print("still here")
              """
                  .formatted(bystander.pid(), ProcessHandle.current().pid()));
      assertEquals("nobody\nnobody\nstill here\n", said);
      assertTrue(bystander.isAlive());
    } finally {
      bystander.destroyForcibly().waitFor();
    }
  }

  @Test
  void killing_everything_it_can_see_ends_only_its_own_room() throws Exception {
    Process bystander = new ProcessBuilder("sleep", "3600").start();
    try {
      Ending ending = python("import os, signal; os.kill(-1, signal.SIGKILL)");
      var exited = assertInstanceOf(Ending.Exited.class, ending, ending.toString());
      assertTrue(exited.status() != 0, "what was killed has not succeeded");
      assertTrue(bystander.isAlive());
    } finally {
      bystander.destroyForcibly().waitFor();
    }
  }

  @Test
  void sleeping_for_ever_while_ignoring_every_signal_ends_at_the_wall_clock() throws Exception {
    String token = token();
    var limits =
        new Limits(Duration.ofSeconds(5), Duration.ofSeconds(8), 128, 1_024, 8, 32, 32, 64);
    long before = System.nanoTime();
    Ending ending =
        run(
            limits,
            "python3",
            "-c",
            """
            import signal, time
            for number in range(1, 32):
                if number not in (signal.SIGKILL, signal.SIGSTOP):
                    signal.signal(number, signal.SIG_IGN)
            print("asleep", flush=True)
            while True:
                time.sleep(3600)
            #"""
                + token);
    assertEquals(new Ending.Stopped("it took longer than it may", "asleep\n"), ending);
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(30).toNanos());
    assertNothingIsLeftOf(token);
  }

  @Test
  void a_review_that_ends_earlier_ends_it_earlier() {
    long before = System.nanoTime();
    Ending ending =
        sandbox.run(
            new Job(List.of("sleep", "3600"), Map.of(), List.of(), LIMITS),
            Deadline.in(Duration.ofSeconds(4)));
    assertInstanceOf(Ending.Stopped.class, ending, ending.toString());
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(30).toNanos());
  }

  @Test
  void a_process_that_cuts_all_ties_does_not_outlive_its_command() throws Exception {
    String token = token();
    String said =
        said(
            """
            import os, sys
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    null = os.open("/dev/null", os.O_RDWR)
                    for fd in range(3):
                        os.dup2(null, fd)
                    os.execvp("sleep", ["sleep", "3600.%s"])
                os._exit(0)
            os.wait()
            print("left it behind")
            """
                .formatted(token));
    assertEquals("left it behind\n", said);
    assertNothingIsLeftOf(token);
  }

  @Test
  void turning_in_circles_ends_when_its_cpu_time_is_used_up() {
    Ending ending = python("while True: pass");
    var exited = assertInstanceOf(Ending.Exited.class, ending, ending.toString());
    assertEquals(128 + 24, exited.status(), "SIGXCPU");
  }

  @Test
  void memory_beyond_its_own_is_refused() {
    assertEquals(
        "MemoryError\n",
        said(
            "try:\n    x = bytearray(200 << 20)\nexcept MemoryError as e:\n    print('MemoryError')\n"));
  }

  @Test
  void memory_of_many_small_processes_is_added_up() {
    Ending ending =
        python(
            """
            import os, time
            for _ in range(8):
                if os.fork() == 0:
                    x = bytearray(os.urandom(1024) * (40 * 1024))
                    time.sleep(3600)
            time.sleep(3600)
            """);
    assertEquals(new Ending.Stopped("it used more than 128 MB of memory", ""), ending);
  }

  @Test
  void memory_that_is_shared_counts_as_well() {
    Ending ending =
        python(
            """
            import mmap, time
            m = mmap.mmap(-1, 300 << 20)
            for i in range(0, 300 << 20, 4096):
                m[i] = 1
            time.sleep(3600)
            """);
    assertEquals(new Ending.Stopped("it used more than 128 MB of memory", ""), ending);
  }

  @Test
  void nobody_can_be_traced_but_its_own() {
    String said =
        said(
            """
            import ctypes, os
            libc = ctypes.CDLL(None, use_errno=True)
            for pid in (1, %d):
                print(libc.ptrace(16, pid, None, None), os.strerror(ctypes.get_errno()))
            try:
                open("/proc/1/mem", "rb")
                print("open")
            except OSError as e:
                print(type(e).__name__)
            """
                .formatted(ProcessHandle.current().pid()));
    assertEquals("-1 Operation not permitted\n-1 No such process\nPermissionError\n", said);
  }

  @Test
  void arguments_and_files_are_taken_as_they_are() {
    var job =
        new Job(
            List.of("printf", "%s\n", "$(touch /room/x); `id`", "--", "a b", ""),
            Map.of("a.txt", "x".getBytes(StandardCharsets.UTF_8), "sub/b.txt", new byte[200_000]),
            List.of(),
            LIMITS);
    assertEquals(
        new Ending.Exited(0, "$(touch /room/x); `id`\n--\na b\n\n"),
        sandbox.run(job, Deadline.in(Duration.ofSeconds(60))));
  }

  @Test
  void what_is_printed_last_is_never_lost() {
    var job = new Job(List.of("seq", "2000"), Map.of(), List.of(), LIMITS);
    for (int i = 0; i < 20; i++) {
      Ending ending = sandbox.run(job, Deadline.in(Duration.ofSeconds(60)));
      var exited = assertInstanceOf(Ending.Exited.class, ending, ending.toString());
      assertTrue(exited.output().endsWith("\n2000\n"), exited.output());
    }
  }

  @Test
  void a_room_that_cannot_be_closed_is_not_used() {
    String missing = outside.resolve("missing").toString();
    var job = new Job(List.of("echo", "ran"), Map.of(), List.of(missing), LIMITS);
    Ending ending = sandbox.run(job, Deadline.in(Duration.ofSeconds(60)));
    var not = assertInstanceOf(Ending.NotStarted.class, ending, ending.toString());
    assertEquals(missing + " is not there for whoever runs commands", not.why());
  }

  private Ending python(String program) {
    return run(LIMITS, "python3", "-c", program);
  }

  private static Ending run(Limits limits, String... command) {
    return sandbox.run(
        new Job(
            List.of(command),
            Map.of("given.txt", "what was given".getBytes(StandardCharsets.UTF_8)),
            List.of(),
            limits),
        Deadline.in(Duration.ofSeconds(60)));
  }

  private String said(String program) {
    Ending ending = python(program);
    var exited = assertInstanceOf(Ending.Exited.class, ending, ending.toString());
    assertEquals(0, exited.status(), exited.output());
    return exited.output();
  }

  private static String token() {
    return Long.toString(Math.abs(UUID.randomUUID().getMostSignificantBits()));
  }

  /** The kernel is at it already when the command is told to have ended. */
  private static void assertNothingIsLeftOf(String token) throws Exception {
    List<ProcessHandle> left;
    try (var processes = Files.list(Path.of("/proc"))) {
      left =
          processes
              .filter(each -> each.getFileName().toString().matches("[0-9]+"))
              .filter(each -> commandLine(each).contains(token))
              .map(each -> Long.parseLong(each.getFileName().toString()))
              .flatMap(pid -> ProcessHandle.of(pid).stream())
              .toList();
    }
    for (ProcessHandle each : left) {
      each.onExit().get(5, TimeUnit.SECONDS);
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }

  private static boolean accepts(ServerSocket listener) throws IOException {
    try {
      listener.accept().close();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
