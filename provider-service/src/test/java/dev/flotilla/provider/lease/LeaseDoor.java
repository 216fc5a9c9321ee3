package dev.flotilla.provider.lease;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.kit.json.JsonbOnTheWire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;

/**
 * cost-service's lease door over HTTP, before a treasury in memory; its ledger takes everything.
 */
public final class LeaseDoor implements AutoCloseable {
  private static final String PATH = "/v1/leases/";

  private final HttpServer server;
  private final FakeTreasury treasury;

  private LeaseDoor(HttpServer server, FakeTreasury treasury) {
    this.server = server;
    this.treasury = treasury;
  }

  static LeaseDoor of(FakeTreasury treasury) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    var door = new LeaseDoor(server, treasury);
    server.createContext("/", door::receive);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return door;
  }

  /** Before a budget of {@code team:growth} that blocks. */
  public static LeaseDoor ofBudget(long limitNanos) throws IOException {
    return of(new FakeTreasury(limitNanos, FakeTreasury.budget("block", "refuse")));
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void receive(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String path = exchange.getRequestURI().getPath();
      Object answer =
          switch (exchange.getRequestMethod()) {
            case "GET" -> treasury.coverage(new Payer("growth", "k_1", null, null));
            case "PUT" ->
                treasury.renew(
                    UUID.fromString(path.substring(PATH.length())),
                    JsonbOnTheWire.jsonb().fromJson(body, LeaseDemand.class));
            default -> new BatchReceipt(0, 0, List.of());
          };
      if (exchange.getRequestMethod().equals("DELETE")) {
        exchange.sendResponseHeaders(204, -1);
        return;
      }
      byte[] bytes = JsonbOnTheWire.jsonb().toJson(answer).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
