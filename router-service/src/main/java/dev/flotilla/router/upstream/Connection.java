package dev.flotilla.router.upstream;

import java.net.URI;
import java.util.Map;

/**
 * A server that pipelines may ask by its name.
 *
 * @param base without a slash at its end
 * @param headers sent with every request; some hold secrets
 */
record Connection(String name, URI base, Map<String, String> headers) {
  Connection {
    headers = Map.copyOf(headers);
  }

  @Override
  public String toString() {
    return "Connection[" + name + " at " + base + "]";
  }
}
