package dev.flotilla.provider.transport;

import dev.flotilla.kit.http.OwnNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The names of providers, and which of them may stand for an address of our own network. A public
 * name that suddenly points inside would carry a prompt and a key to whoever listens there. One for
 * the whole process, because the JDK resolves names for the whole process. Thread-safe.
 */
final class ProviderNames {
  private static final Logger LOG = Logger.getLogger(ProviderNames.class.getName());
  private static final String ANY = "*";

  private static final Set<String> KNOWN = ConcurrentHashMap.newKeySet();
  private static final Set<String> PRIVATE = ConcurrentHashMap.newKeySet();
  private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

  private ProviderNames() {}

  /** From now on the name must not lead into our own network, unless it was allowed to. */
  static void guard(String name) {
    KNOWN.add(name.toLowerCase(Locale.ROOT));
  }

  /**
   * @param names that may; {@code *} allows it to all
   */
  static void mayBePrivate(Set<String> names) {
    names.forEach(name -> PRIVATE.add(name.toLowerCase(Locale.ROOT)));
  }

  /**
   * Refuses what a name was resolved to.
   *
   * @throws UnknownHostException when one of the addresses is our own network's
   */
  static void check(String name, List<InetAddress> addresses) throws UnknownHostException {
    String known = name.toLowerCase(Locale.ROOT);
    if (!KNOWN.contains(known) || PRIVATE.contains(known) || PRIVATE.contains(ANY)) {
      return;
    }
    // One is enough: which of them is taken is not ours to choose.
    if (addresses.stream().anyMatch(OwnNetwork::has)) {
      if (TOLD.add(known)) {
        LOG.log(
            Level.WARNING,
            "The provider at {0} is not called: its name points into our own network. If it is"
                + " meant to, add the name to flotilla.transport.private-hosts",
            known);
      }
      throw new UnknownHostException(name + " points to a private address");
    }
  }
}
