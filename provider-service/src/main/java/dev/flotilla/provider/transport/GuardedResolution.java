package dev.flotilla.provider.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.stream.Stream;

/**
 * Resolves names as the JDK does, and asks {@link ProviderNames} about the result. In this place,
 * because whoever looks at a name first and connects by it later may be told two things. Found by
 * the JDK through {@code META-INF/services}.
 */
public final class GuardedResolution extends InetAddressResolverProvider {
  @Override
  public InetAddressResolver get(Configuration configuration) {
    return guarding(configuration.builtinResolver());
  }

  /** Answers as the other does, except where a provider's name would lead inside. */
  public static InetAddressResolver guarding(InetAddressResolver jdk) {
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String name, LookupPolicy policy)
          throws UnknownHostException {
        List<InetAddress> addresses = jdk.lookupByName(name, policy).toList();
        ProviderNames.check(name, addresses);
        return addresses.stream();
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return jdk.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "flotilla";
  }
}
