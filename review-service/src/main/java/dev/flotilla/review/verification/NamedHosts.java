package dev.flotilla.review.verification;

import dev.flotilla.kit.http.OwnNetwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpHead;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.util.Timeout;

/**
 * The hosts whose pages may be asked for, and how they are: with a fixed request that carries
 * nothing of the caller's but the address. Thread-safe.
 */
final class NamedHosts implements AutoCloseable {
  enum Admission {
    NAMED,
    OTHER,
    NO_ADDRESS
  }

  private static final int MOST_REDIRECTS = 3;
  private static final Timeout CONNECT = Timeout.ofSeconds(3);
  private static final Timeout ANSWER = Timeout.ofSeconds(5);
  private static final Set<Integer> NO_HEAD = Set.of(403, 404, 405, 501);

  private final Set<String> hosts;
  private final Set<String> privateHosts;
  private final CloseableHttpClient client;

  /**
   * @param hosts names, or names with a port that is not their scheme's own
   * @param privateHosts names that may stand for an address of our own network
   */
  NamedHosts(Set<String> hosts, Set<String> privateHosts) {
    this.hosts = lower(hosts);
    this.privateHosts = lower(privateHosts);
    this.client =
        HttpClientBuilder.create()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new Resolver())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom().setConnectTimeout(CONNECT).build())
                    .build())
            .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(ANSWER).build())
            .setUserAgent("flotilla-verifier")
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableCookieManagement()
            .disableAuthCaching()
            .build();
  }

  Admission admits(String link) {
    URI uri;
    try {
      uri = new URI(link);
    } catch (URISyntaxException e) {
      return Admission.NO_ADDRESS;
    }
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null) {
      return Admission.NO_ADDRESS;
    }
    String name = host.toLowerCase(Locale.ROOT);
    int port = uri.getPort();
    boolean usual = port < 0 || port == ("https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80);
    return hosts.contains(usual ? name : name + ":" + port) ? Admission.NAMED : Admission.OTHER;
  }

  /** A link's flaw, to be read after the link; empty when a page is there. */
  String whatIsWrongWith(URI link) {
    URI at = link;
    try {
      for (int i = 0; i <= MOST_REDIRECTS; i++) {
        Answer answer = ask(new HttpHead(at));
        if (NO_HEAD.contains(answer.status())) {
          answer = ask(new HttpGet(at));
        }
        if (answer.status() < 300) {
          return "";
        }
        if (answer.status() >= 400 || answer.location().isEmpty()) {
          return "answers with status " + answer.status();
        }
        at = at.resolve(answer.location());
        if (admits(at.toString()) != Admission.NAMED) {
          return "leads on to a host that is not named in verifiers.yaml";
        }
      }
      return "leads on more than " + MOST_REDIRECTS + " times";
    } catch (UnknownHostException e) {
      return "has a host without a public address";
    } catch (IOException e) {
      return "cannot be reached";
    } catch (IllegalArgumentException e) {
      return "leads on to something that is no address";
    }
  }

  private record Answer(int status, String location) {}

  /** The body is not read: closing the answer closes its connection. */
  private Answer ask(HttpUriRequestBase request) throws IOException {
    try (ClassicHttpResponse response = client.executeOpen(null, request, null)) {
      Header location = response.getFirstHeader("location");
      return new Answer(response.getCode(), location == null ? "" : location.getValue());
    } finally {
      request.abort();
    }
  }

  @Override
  public void close() throws IOException {
    client.close();
  }

  private static Set<String> lower(Set<String> names) {
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Judges the very addresses that are connected to: a name may be answered differently twice. */
  private final class Resolver implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] addresses = SystemDefaultDnsResolver.INSTANCE.resolve(host);
      boolean inside = Arrays.stream(addresses).anyMatch(OwnNetwork::has);
      if (inside && !privateHosts.contains(host.toLowerCase(Locale.ROOT))) {
        throw new UnknownHostException(host + " points to a private address");
      }
      return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      return host;
    }
  }
}
