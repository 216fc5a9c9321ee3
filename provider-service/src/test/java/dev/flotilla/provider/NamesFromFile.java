package dev.flotilla.provider;

import dev.flotilla.provider.transport.GuardedResolution;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A name service whose answers stand in a file that a test rewrites, behind the service's own
 * resolution: the JDK asks the first provider on the class path, and that is this one.
 */
public final class NamesFromFile extends InetAddressResolverProvider {
  /** System property with the file; without it the JDK is asked alone. */
  static final String FILE = "flotilla.tests.names";

  @Override
  public InetAddressResolver get(Configuration jdk) {
    String file = System.getProperty(FILE);
    return GuardedResolution.guarding(
        file == null ? jdk.builtinResolver() : new Names(Path.of(file), jdk.builtinResolver()));
  }

  @Override
  public String name() {
    return "names from a file";
  }

  private record Names(Path file, InetAddressResolver jdk) implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String name, LookupPolicy policy)
        throws UnknownHostException {
      if (!name.endsWith(".example")) {
        return jdk.lookupByName(name, policy);
      }
      String address = addressOf(name);
      if (address == null) {
        throw new UnknownHostException(name);
      }
      return Stream.of(InetAddress.ofLiteral(address));
    }

    /** Lines are an address, a space and a name. */
    private @Nullable String addressOf(String name) throws UnknownHostException {
      try (Stream<String> lines = Files.lines(file)) {
        return lines
            .filter(line -> line.endsWith(" " + name))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .findFirst()
            .orElse(null);
      } catch (IOException e) {
        throw new UnknownHostException(e.toString());
      }
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return jdk.lookupByAddress(address);
    }
  }
}
