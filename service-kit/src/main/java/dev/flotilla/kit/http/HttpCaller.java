package dev.flotilla.kit.http;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Posts JSON over HTTP/1.1 and waits for the answer, on the thread that asks: no selector and no
 * worker lies between a request and its socket, which is what virtual threads are for. A request is
 * sent once; redirects are not followed; nothing is remembered between calls but connections.
 * Thread-safe.
 */
public final class HttpCaller implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(HttpCaller.class.getName());

  /** Callers are bounded where they come in; a second bound here could only surprise. */
  private static final int MOST_CONNECTIONS = 100_000;

  /** Far beyond what any provider is known to send; 4 MiB of them end a call. */
  private static final Http1Config HEADS =
      Http1Config.custom()
          .setMaxLineLength(16 << 10)
          .setMaxHeaderCount(256)
          // Two for each connection; with the usual 8 KB a thousand streams would hold 16 MB.
          .setBufferSize(4 << 10)
          .build();

  /** An idle connection is looked at before it is used again after this time. */
  private static final TimeValue FRESH = TimeValue.ofSeconds(1);

  private static final TimeValue IDLE = TimeValue.ofSeconds(30);
  private static final String CONNECTED = HttpCaller.class.getName() + ".connected";

  private final CloseableHttpClient client;
  private final ScheduledThreadPoolExecutor clock;

  /**
   * @param connectTimeout until a connection stands, without TLS
   */
  public HttpCaller(Duration connectTimeout) {
    clock =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("call-deadlines").unstarted(task));
    clock.setRemoveOnCancelPolicy(true);
    var connections =
        new OverChannels()
            .setConnectionFactory(
                socket -> {
                  var watched = new WatchedConnection(HEADS);
                  var connection =
                      ManagedHttpClientConnectionFactory.builder()
                          .http1Config(HEADS)
                          .requestWriterFactory(() -> watched::write)
                          .responseParserFactory(config -> watched::parse)
                          .build()
                          .createConnection(socket);
                  watched.watch(connection);
                  return connection;
                })
            .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
            .setConnPoolPolicy(PoolReusePolicy.LIFO)
            .setMaxConnTotal(MOST_CONNECTIONS)
            .setMaxConnPerRoute(MOST_CONNECTIONS)
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(Timeout.of(connectTimeout))
                    .setValidateAfterInactivity(FRESH)
                    .build())
            .build();
    var builder =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setExpectContinueEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .setRedirectsEnabled(false)
                    .build())
            .setUserAgent("flotilla")
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableConnectionState()
            .disableContentCompression()
            .evictIdleConnections(IDLE)
            // What lies behind CONNECT is reached with a connection only.
            .addExecInterceptorAfter(
                ChainElement.CONNECT.name(),
                "connected",
                (request, scope, chain) -> {
                  scope.clientContext.setAttribute(CONNECTED, true);
                  return chain.proceed(request, scope);
                });
    if (System.getProperty("https.proxyHost") != null
        || System.getProperty("http.proxyHost") != null) {
      builder.setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()));
    }
    client = builder.build();
  }

  /**
   * Posts and waits for the answer's head.
   *
   * @param headers beside those that HTTP itself needs and the body's type
   * @param deadline until the whole body is read, or {@link HttpReply#outliveDeadline} is said
   * @throws NotConnected when no byte of the request can have left
   * @throws DeadlinePassed when the request was being sent or answered when it passed
   * @throws IOException when the connection broke, or the thread was interrupted and is still
   *     marked so
   */
  public HttpReply post(URI to, Map<String, String> headers, JsonBody body, Deadline deadline)
      throws IOException {
    while (true) {
      try {
        return once(to, headers, body, deadline);
      } catch (WatchedConnection.Stale e) {
        // Nothing has left, and that connection is closed. There is another one, or a new one.
        LOG.log(Level.FINE, "a connection to {0} had ended", to.getHost());
      }
    }
  }

  private HttpReply once(URI to, Map<String, String> headers, JsonBody body, Deadline deadline)
      throws IOException {
    var call = new HttpPost(to);
    headers.forEach(call::setHeader);
    call.setEntity(body);
    var context = HttpClientContext.create();
    var watch = new DeadlineWatch(call, deadline, clock);
    try {
      var target = new HttpHost(to.getScheme(), to.getHost(), to.getPort());
      return new HttpReply(client.executeOpen(target, call, context), watch);
    } catch (WatchedConnection.Stale e) {
      watch.end();
      throw e;
    } catch (IOException e) {
      watch.end();
      IOException why = watch.explained(e);
      throw context.getAttribute(CONNECTED) == null ? new NotConnected(why) : why;
    } catch (RuntimeException e) {
      watch.end();
      if (!watch.hasPassed()) {
        throw e;
      }
      // A call that is cancelled between two of the client's parts finds the next one not ready.
      IOException late = watch.explained(new IOException("cancelled", e));
      throw context.getAttribute(CONNECTED) == null ? new NotConnected(late) : late;
    }
  }

  @Override
  public void close() {
    client.close(CloseMode.IMMEDIATE);
    clock.shutdownNow();
  }

  /** Connections whose sockets can be asked without waiting whether the other side has closed. */
  private static final class OverChannels extends PoolingHttpClientConnectionManagerBuilder {
    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          proxy ->
              proxy == null || proxy.type() == Proxy.Type.DIRECT
                  ? SocketChannel.open().socket()
                  : new Socket(proxy),
          ports,
          names,
          RegistryBuilder.<TlsSocketStrategy>create().register("https", tls).build());
    }
  }
}
