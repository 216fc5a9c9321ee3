package dev.flotilla.kit.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnNetworkTest {
  /**
   * Either no address at all, or one that is known as ours: never one that is let through. A part
   * such as 0177 is decimal to the JDK, which then connects to what was judged.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0x7f.0x0.0x0.0x1",
        "017700000001",
        "0",
        "0.0.0.0",
        "0.0.0.1",
        "10.0.0.1",
        "10.1",
        "167772161",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "192.168.257",
        "169.254.169.254",
        "169.254.43518",
        "2852039166",
        "0xa9fea9fe",
        "100.64.0.1",
        "100.100.100.200",
        "192.0.0.192",
        "198.18.0.1",
        "198.19.255.255",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[::127.0.0.1]",
        "[::7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::10.0.0.1]",
        "[2002:7f00:1::]",
        "[2002:a9fe:a9fe::1]",
        "[2001:0:7f00:1::1]",
        "[2001:db8::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST",
        "127.0.0.1.",
        "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
        "\uff11\uff12\uff17.0.0.1"
      })
  void an_address_of_ours_in_whatever_form_is_not_let_through(String written) {
    InetAddress address;
    try {
      address = InetAddress.getByName(written);
    } catch (UnknownHostException e) {
      return;
    }
    assertTrue(OwnNetwork.has(address), written + " is " + address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "104.18.6.192",
        "172.32.0.1",
        "100.128.0.1",
        "192.0.1.1",
        "198.20.0.1",
        "2606:4700::6812:6c0",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2001:4860:4860::8888"
      })
  void the_public_internet_is_not_ours(String written) throws Exception {
    assertFalse(OwnNetwork.has(InetAddress.getByName(written)), written);
  }
}
