package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Asks every instance of provider-service for what only it knows: its circuits, and what is left of
 * providers' limits. Instances are found by name: a host that stands for several addresses, as a
 * headless Kubernetes service does, is that many instances. Thread-safe.
 */
public final class ProviderReplicas {
  /** Whoever looks because something is wrong waits for a slow instance, but not for a dead one. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final HttpClient http;
  private final List<URI> hosts;
  private final ServiceToken token;

  /**
   * @param hosts where instances listen; of https the name is kept, because a certificate is a
   *     name's, so that one name is one instance
   */
  public ProviderReplicas(HttpClient http, Collection<URI> hosts, ServiceToken token) {
    this.http = http;
    this.hosts = List.copyOf(hosts);
    this.token = token;
  }

  /**
   * What instances said.
   *
   * @param circuits the bodies of those that answered
   * @param silent host and port of those that did not
   */
  public record Said(List<ObjectNode> circuits, List<String> silent) {
    public Said {
      circuits = List.copyOf(circuits);
      silent = List.copyOf(silent);
    }
  }

  public Said ask(String requestId) throws InterruptedException {
    List<URI> replicas =
        hosts.stream().flatMap(host -> replicas(host).stream()).distinct().toList();
    var circuits = new ArrayList<ObjectNode>();
    var silent = new ArrayList<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var questions =
          replicas.stream()
              .<Callable<@Nullable ObjectNode>>map(r -> () -> of(r, requestId))
              .toList();
      List<Future<@Nullable ObjectNode>> answers = threads.invokeAll(questions);
      for (int i = 0; i < replicas.size(); i++) {
        ObjectNode said = result(answers.get(i));
        if (said == null) {
          silent.add(replicas.get(i).getAuthority());
        } else {
          circuits.add(said);
        }
      }
    }
    return new Said(circuits, silent);
  }

  private static @Nullable ObjectNode result(Future<@Nullable ObjectNode> answer)
      throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private @Nullable ObjectNode of(URI replica, String requestId) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(replica.resolve("/v1/circuits"))
            .timeout(PATIENCE)
            .header("authorization", token.header())
            .header(FleetHeaders.REQUEST_ID, requestId)
            .build();
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return answer.statusCode() == 200 ? Json.parseObject(answer.body()) : null;
    } catch (IOException | NotJson e) {
      return null;
    }
  }

  private static List<URI> replicas(URI host) {
    if (host.getScheme().equals("https")) {
      return List.of(host);
    }
    try {
      List<InetAddress> all = List.of(InetAddress.getAllByName(host.getHost()));
      // An instance with an address of each kind is one instance.
      List<InetAddress> older = all.stream().filter(Inet4Address.class::isInstance).toList();
      return (older.isEmpty() ? all : older)
          .stream().map(address -> at(address, host.getPort())).toList();
    } catch (UnknownHostException e) {
      return List.of(host);
    }
  }

  private static URI at(InetAddress address, int port) {
    String text = address.getHostAddress();
    String host = text.contains(":") ? "[" + text + "]" : text;
    return URI.create("http://" + host + (port < 0 ? "" : ":" + port));
  }

  /** Addresses written one after the other, with commas between them. */
  public static List<URI> hosts(String written) {
    return Arrays.stream(written.split(",")).map(String::strip).map(URI::create).toList();
  }
}
