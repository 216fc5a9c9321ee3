package dev.flotilla.local.supervision;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the four services as a process of its own. */
final class ServiceProgram implements Program {
  private final String name;
  private final Service service;
  private final StateDirectory state;
  private final FleetPorts ports;
  private final List<String> command;
  private final Map<String, String> environment;
  private final HttpClient http;

  /**
   * The service ends when this closes, which the system does for us if we die first. Held, or the
   * collector would close it.
   */
  @SuppressWarnings("unused")
  private @Nullable OutputStream lifeline;

  /**
   * @param name of its log and pid; the service's label for the fleet's own
   */
  ServiceProgram(
      String name,
      Service service,
      StateDirectory state,
      FleetPorts ports,
      List<String> command,
      Map<String, String> environment,
      HttpClient http) {
    this.name = name;
    this.service = service;
    this.state = state;
    this.ports = ports;
    this.command = command;
    this.environment = environment;
    this.http = http;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int port() {
    return ports.http(service);
  }

  @Override
  public Integer opsPort() {
    return ports.ops(service);
  }

  @Override
  public ProcessHandle launch() throws IOException {
    var builder = new ProcessBuilder(OutOfTerminal.shielded(command));
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(state.logForStart(name()).toFile()));
    var process = builder.start();
    lifeline = process.getOutputStream();
    return process.toHandle();
  }

  @Override
  public boolean ready() {
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + ports.ops(service) + "/health/ready"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * What it was given for callers, and what comes after them: provider-service has 10 s to ship
   * what it spooled, and a router ends batches and steps.
   */
  @Override
  public Duration farewell() {
    return given(ServiceEnvironment.NOTICE).plus(given(ServiceEnvironment.GRACE)).plusSeconds(20);
  }

  private Duration given(String name) {
    return Duration.parse(environment.getOrDefault(name, "PT0S"));
  }
}
