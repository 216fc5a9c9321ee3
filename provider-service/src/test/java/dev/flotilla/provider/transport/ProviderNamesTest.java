package dev.flotilla.provider.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.http.OwnNetwork;
import dev.flotilla.testkit.FaultRow;
import java.net.InetAddress;
import java.net.spi.InetAddressResolverProvider;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderNamesTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "169.254.169.254, true",
    "10.1.2.3, true",
    "172.16.0.1, true",
    "172.32.0.1, false",
    "192.168.1.1, true",
    "100.64.0.1, true",
    "100.128.0.1, false",
    "0.0.0.0, true",
    "0.1.2.3, true",
    "224.0.0.1, true",
    "255.255.255.255, true",
    "104.18.6.192, false",
    "::1, true",
    "fe80::1, true",
    "fd00::1, true",
    "fc12::1, true",
    "::ffff:10.0.0.1, true",
    "2606:4700::6812:6c0, false"
  })
  @FaultRow(row = 3, fault = "every kind of private address")
  void an_address_of_our_own_network_is_told_from_a_public_one(String address, boolean isPrivate)
      throws Exception {
    assertEquals(isPrivate, OwnNetwork.has(InetAddress.ofLiteral(address)));
  }

  /** In the tests another one comes first and asks this one; in an installation it is alone. */
  @Test
  @FaultRow(row = 3, fault = "the JDK does not know whom to ask")
  void the_jdk_finds_the_resolution_that_guards_providers_names() {
    assertTrue(
        ServiceLoader.load(InetAddressResolverProvider.class).stream()
            .anyMatch(provider -> provider.type() == GuardedResolution.class));
  }
}
