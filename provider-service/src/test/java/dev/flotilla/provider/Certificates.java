package dev.flotilla.provider;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Servers with one good certificate and several bad ones, made when the tests run. */
final class Certificates implements AutoCloseable {
  static final List<String> KINDS = List.of("good", "expired", "stranger", "selfmade");
  static final String PASSWORD = "changeit";

  private static final String HERE = "san=ip:127.0.0.1";
  private static final String COMPLETION =
      WatchedUpstream.completion("{\"prompt_tokens\":100,\"completion_tokens\":50}");

  private final Map<String, HttpsServer> servers = new HashMap<>();
  private final Map<String, AtomicInteger> requests = new HashMap<>();
  private final Path trusted;

  private Certificates(Path trusted) {
    this.trusted = trusted;
  }

  static Certificates in(Path folder) throws Exception {
    Path keys = folder.resolve("keys.p12");
    make(keys, "authority", "-ext", "bc:c", "-validity", "2");
    make(keys, "good", "-signer", "authority", "-ext", HERE, "-validity", "2");
    make(
        keys,
        "expired",
        "-signer",
        "authority",
        "-ext",
        HERE,
        "-startdate",
        "-9d",
        "-validity",
        "3");
    make(keys, "stranger", "-signer", "authority", "-ext", "san=dns:elsewhere.example");
    make(keys, "selfmade", "-ext", HERE, "-validity", "2");
    KeyStore all = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());

    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("authority", all.getCertificate("authority"));
    var certificates = new Certificates(folder.resolve("trusted.p12"));
    try (OutputStream out = Files.newOutputStream(certificates.trusted)) {
      trust.store(out, PASSWORD.toCharArray());
    }
    for (String kind : KINDS) {
      certificates.serve(kind, all);
    }
    return certificates;
  }

  /** The store of who may vouch for a server. */
  Path trusted() {
    return trusted;
  }

  String url(String kind) {
    return "https://127.0.0.1:" + servers.get(kind).getAddress().getPort() + "/v1";
  }

  int requests(String kind) {
    return requests.get(kind).get();
  }

  @Override
  public void close() {
    servers.values().forEach(server -> server.stop(0));
  }

  private void serve(String kind, KeyStore all) throws GeneralSecurityException, IOException {
    char[] password = PASSWORD.toCharArray();
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(kind, all.getKey(kind, password), password, all.getCertificateChain(kind));
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(own, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    var count = new AtomicInteger();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", exchange -> answer(exchange, count));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    servers.put(kind, server);
    requests.put(kind, count);
  }

  private static void answer(HttpExchange exchange, AtomicInteger count) throws IOException {
    count.incrementAndGet();
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      WatchedUpstream.plain(exchange, 200, COMPLETION);
    }
  }

  private static void make(Path keys, String alias, String... more) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-keystore", keys.toString(), "-storepass", PASSWORD));
    command.addAll(List.of("-alias", alias, "-dname", "CN=" + alias, "-keyalg", "EC"));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(said);
    }
  }
}
