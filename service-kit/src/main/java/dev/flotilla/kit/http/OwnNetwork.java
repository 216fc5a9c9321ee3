package dev.flotilla.kit.http;

import java.net.Inet4Address;
import java.net.InetAddress;

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
      // 0.0.0.0/8 is this host, 100.64.0.0/10 a carrier's inside (RFC 6598), 240.0.0.0/4 nobody's.
      return b[0] == 0 || (b[0] == 100 && (b[1] & 0xc0) == 0x40) || (b[0] & 0xf0) == 0xf0;
    }
    // fc00::/7 is IPv6's inside (RFC 4193), which isSiteLocalAddress does not know.
    return (b[0] & 0xfe) == 0xfc;
  }
}
