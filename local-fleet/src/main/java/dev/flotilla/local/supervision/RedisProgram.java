package dev.flotilla.local.supervision;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import redis.embedded.core.ExecutableProvider;

/** A real Redis, unpacked from its jar. It forgets everything when it ends, as a cache may. */
final class RedisProgram implements Program {
  private final StateDirectory state;
  private final Path parts;
  private final int port;

  RedisProgram(StateDirectory state, Path parts, int port) {
    this.state = state;
    this.parts = parts;
    this.port = port;
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public int port() {
    return port;
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  // The library's own server class is left aside: it knows neither pid nor log nor how to leave a
  // port as it was.
  @Override
  public ProcessHandle launch() throws IOException {
    state.write(
        "redis.conf",
        """
        bind 127.0.0.1
        port %d
        dir "%s"
        save ""
        appendonly no
        maxmemory 128mb
        maxmemory-policy allkeys-lru
        # The command line says whose process this is; a title would overwrite it.
        set-proc-title no
        """
            .formatted(port, state.redis()));
    var command = List.of(executable().toString(), state.run("redis.conf").toString());
    return new ProcessBuilder(OutOfTerminal.shielded(command))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(state.logForStart(name()).toFile()))
        .start()
        .toHandle();
  }

  @Override
  public boolean ready() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      socket.setSoTimeout(500);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII)
          .equals("+PONG");
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public Duration farewell() {
    return Duration.ofSeconds(10);
  }

  // Unpacked beside and moved into place: a program file that runs cannot be written to.
  private Path executable() throws IOException {
    var executable = parts.resolve("redis-server");
    if (!Files.isExecutable(executable)) {
      Files.createDirectories(parts);
      var draft = Files.createTempDirectory(parts, "redis");
      Files.move(
          ExecutableProvider.newJarResourceProvider(draft.toFile()).get().toPath(),
          executable,
          StandardCopyOption.ATOMIC_MOVE);
      Files.delete(draft);
    }
    return executable;
  }
}
