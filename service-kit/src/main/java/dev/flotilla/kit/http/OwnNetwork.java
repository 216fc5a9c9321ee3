package dev.flotilla.kit.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** What is not the public internet: this machine, the network it is in, and what nobody has. */
public final class OwnNetwork {
  private OwnNetwork() {}

  /** Whether an address is not one of the public internet. */
  public static boolean has(InetAddress address) {
    if (address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return true;
    }
    byte[] b = address.getAddress();
    if (address instanceof Inet4Address) {
      return isReserved(b);
    }
    // fc00::/7 is IPv6's inside (RFC 4193), which isSiteLocalAddress does not know.
    return (b[0] & 0xfe) == 0xfc || begins(b, 0x20, 0x01, 0x0d, 0xb8) || leadsInside(b);
  }

  private static boolean isReserved(byte[] b) {
    // 0.0.0.0/8 is this host, 100.64.0.0/10 a carrier's inside (RFC 6598), 192.0.0.0/24 for
    // protocols (RFC 6890), 198.18.0.0/15 for benchmarks (RFC 2544), 240.0.0.0/4 nobody's.
    return b[0] == 0
        || (b[0] == 100 && (b[1] & 0xc0) == 0x40)
        || begins(b, 192, 0, 0)
        || (begins(b, 198) && (b[1] & 0xfe) == 18)
        || (b[0] & 0xf0) == 0xf0;
  }

  /** IPv6 that carries an address of IPv4, to which a gateway or this machine passes it on. */
  private static boolean leadsInside(byte[] b) {
    if (begins(b, 0x00, 0x64, 0xff, 0x9b) || beginsWithZeros(b)) {
      // NAT64 (RFC 6052, RFC 8215), and IPv4-compatible addresses of old.
      return carries(b, 12);
    }
    // 6to4 (RFC 3056); a Teredo address (RFC 4380) leads to where its server likes.
    return begins(b, 0x20, 0x02) ? carries(b, 2) : begins(b, 0x20, 0x01, 0, 0);
  }

  private static boolean carries(byte[] b, int from) {
    try {
      return has(InetAddress.getByAddress(Arrays.copyOfRange(b, from, from + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static boolean beginsWithZeros(byte[] b) {
    for (int i = 0; i < 12; i++) {
      if (b[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean begins(byte[] b, int... with) {
    for (int i = 0; i < with.length; i++) {
      if ((b[i] & 0xff) != with[i]) {
        return false;
      }
    }
    return true;
  }
}
