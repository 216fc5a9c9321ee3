package dev.flotilla.local.supervision;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Behaves towards the supervisor as our services do, and nothing more: health on its ops port, its
 * environment on its own port, and it ends when its parent is gone.
 */
public final class FakeService {
  /** This file gets the name of each service that is told to end, in the order they are. */
  static final String FAREWELLS = "FAKE_FAREWELLS";

  static final String REFUSES_TO_START = "FAKE_REFUSES_TO_START";

  private FakeService() {}

  static List<String> code(Service service) {
    return List.of(
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        FakeService.class.getName(),
        service.label());
  }

  public static void main(String[] args) throws IOException {
    if (System.getenv(REFUSES_TO_START) != null) {
      System.err.println("flotilla.example.key is 7, but must be even; use 6 or 8");
      System.exit(1);
    }
    var environment =
        System.getenv().entrySet().stream()
            .map(variable -> variable.getKey() + "=" + variable.getValue())
            .collect(Collectors.joining("\n"));
    serve("server.port", "/", environment);
    serve("server.sockets.0.port", "/health/ready", "UP");
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> sayFarewell(args.length == 0 ? "?" : args[0])));
    // Ends with the parent, which holds the other end of stdin.
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private static void serve(String port, String path, String text) throws IOException {
    var server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.getInteger(port)), 0);
    server.createContext(
        path,
        exchange -> {
          var body = text.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  private static void sayFarewell(String name) {
    var file = System.getenv(FAREWELLS);
    if (file == null) {
      return;
    }
    try {
      Files.writeString(
          Path.of(file), name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}
