package dev.flotilla.router.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GuessesTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.7");
  private static final InetAddress THERE = InetAddress.ofLiteral("192.0.2.8");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);
  private final Guesses guesses = new Guesses(300, now::get);

  @Test
  void of_ten_thousand_guesses_in_a_minute_the_first_few_are_looked_up() {
    guesses.cameIn(HERE, "a good key");
    int lookedUp = 0;
    for (int i = 0; i < 10_000; i++) {
      if (guesses.refused(HERE, "guess " + i) == null) {
        lookedUp++;
        guesses.failed(HERE);
      }
    }
    assertEquals(300, lookedUp);
    assertNull(guesses.refused(HERE, "a good key"), "who came in before comes in");
    assertNotNull(guesses.refused(HERE, "another good key"));
    assertNull(guesses.refused(THERE, "another good key"), "nobody else is concerned");
    assertEquals(Duration.ofMinutes(1), guesses.refused(HERE, "guess"));
    now.addAndGet(Duration.ofMinutes(1).toNanos());
    assertNull(guesses.refused(HERE, "another good key"));
    guesses.failed(HERE);
    assertNull(guesses.refused(HERE, "another good key"), "a minute of its own");
  }

  @Test
  void a_network_of_ipv6_is_one_guesser() {
    for (int i = 0; i < 300; i++) {
      guesses.failed(InetAddress.ofLiteral("2001:db8:1:2::" + Integer.toHexString(i)));
    }
    assertNotNull(guesses.refused(InetAddress.ofLiteral("2001:db8:1:2:ffff::1"), "guess"));
    assertNull(guesses.refused(InetAddress.ofLiteral("2001:db8:1:3::1"), "guess"));
  }
}
