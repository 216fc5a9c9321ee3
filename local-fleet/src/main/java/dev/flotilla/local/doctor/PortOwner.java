package dev.flotilla.local.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Who listens on a port. Linux tells, about our own processes; elsewhere nobody knows. */
final class PortOwner {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENING = "0A";

  private PortOwner() {}

  static String of(int port) {
    return socketOf(port)
        .flatMap(PortOwner::holderOf)
        .map(PortOwner::described)
        .orElse("a program that cannot be seen from here");
  }

  /**
   * The columns of the file: number, local address, remote address, state, …, and tenth the inode.
   */
  private static Optional<String> socketOf(int port) {
    var address = ":%04X".formatted(port);
    return Stream.of("net/tcp", "net/tcp6")
        .flatMap(file -> lines(PROC.resolve(file)))
        .map(line -> line.strip().split(" +"))
        .filter(
            words -> words.length > 9 && words[1].endsWith(address) && words[3].equals(LISTENING))
        .map(words -> "socket:[" + words[9] + "]")
        .findFirst();
  }

  private static Optional<ProcessHandle> holderOf(String socket) {
    return ProcessHandle.allProcesses().filter(process -> holds(process, socket)).findFirst();
  }

  private static boolean holds(ProcessHandle process, String socket) {
    try (var files = Files.list(PROC.resolve(Long.toString(process.pid())).resolve("fd"))) {
      return files.anyMatch(file -> target(file).equals(socket));
    } catch (IOException notOurs) {
      return false;
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }

  /** Without its arguments, which may hold secrets. */
  private static String described(ProcessHandle process) {
    return "process "
        + process.pid()
        + process.info().command().map(c -> " (" + c + ")").orElse("");
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException notLinux) {
      return List.<String>of().stream();
    }
  }
}
