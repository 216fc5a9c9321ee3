package dev.flotilla.local.supervision;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One process of a service that is about to be started, for whoever writes its command line.
 *
 * @param ports of the fleet it belongs to
 * @param mark has to be somewhere on the command line: by it the process is known as this fleet's
 * @param environment what the process finds in its environment, secrets included
 */
public record Launch(
    Service service, FleetPorts ports, String mark, Map<String, String> environment) {
  /**
   * The C library keeps what the JVM's compilers have freed. It is asked to give that back each
   * half minute, or a service is resident with memory that nobody uses.
   */
  static final List<String> JVM_FLAGS =
      List.of(
          "-Xmx256m",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:TrimNativeHeapInterval=30000");

  public Launch {
    environment = Map.copyOf(environment);
  }

  /**
   * A JVM of this JDK.
   *
   * @param code what follows the JVM's flags: what to run
   */
  public List<String> jvm(List<String> code) {
    var command = new ArrayList<String>();
    command.add(java());
    command.add("-Dflotilla.state=" + mark);
    command.addAll(JVM_FLAGS);
    command.add("-Dserver.port=" + ports.http(service));
    command.add("-Dserver.host=127.0.0.1");
    command.add("-Dserver.sockets.0.port=" + ports.ops(service));
    command.add("-Dserver.sockets.0.host=127.0.0.1");
    environment
        .getOrDefault("FLEET_JAVA_OPTS", "")
        .lines()
        .flatMap(line -> List.of(line.split(" +")).stream())
        .filter(word -> !word.isBlank())
        .forEach(command::add);
    command.addAll(code);
    return List.copyOf(command);
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
