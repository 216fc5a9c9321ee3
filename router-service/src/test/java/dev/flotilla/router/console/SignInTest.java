package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.router.Porters;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.Guesses;
import dev.flotilla.router.door.Recognition;
import dev.flotilla.router.door.WebTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"/runs", "/runs/run_1?x=y", "/proof?of=%2Fv1%2Fcosts", "?part"})
  void whoever_wanted_a_page_gets_it_afterwards(String place) {
    assertEquals(place, SignIn.place(place));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        ".evil",
        "/runs\nx: y",
        ""
      })
  void an_address_leads_nowhere_else(String place) {
    assertEquals("", SignIn.place(place));
  }

  @Test
  void who_guesses_is_asked_to_wait_and_nobody_else_not_even_the_routers_own_address() {
    var guesses = new Guesses(2, () -> 0);
    Recognition doors = doors(guesses);
    var signIn = new SignIn(doors);
    InetAddress guesser = InetAddress.ofLiteral("192.0.2.1");
    for (int status : new int[] {401, 401, 429, 429}) {
      var refused =
          assertInstanceOf(
              SignIn.Verdict.Stranger.class, signIn.with("sk-" + System.nanoTime(), guesser));
      assertEquals(status, refused.status());
    }
    InetAddress other = InetAddress.ofLiteral("192.0.2.2");
    var welcome = assertInstanceOf(SignIn.Verdict.Welcome.class, signIn.with("sk-good", other));
    assertEquals("growth", welcome.caller().team());
    // By this one the console asks the API for everybody.
    assertInstanceOf(
        Recognition.Outcome.Known.class,
        doors.recognise("sk-good", InetAddress.getLoopbackAddress()));
  }

  @Test
  void a_key_without_a_role_is_known_and_opens_nothing() {
    var idle =
        assertInstanceOf(
            SignIn.Verdict.Idle.class,
            new SignIn(doors(new Guesses(2, () -> 0)))
                .with("sk-idle", InetAddress.getLoopbackAddress()));
    assertEquals("k_idle", idle.caller().key());
  }

  @Test
  void what_no_cookie_could_carry_is_no_guess() {
    var signIn = new SignIn(doors(new Guesses(1, () -> 0)));
    InetAddress from = InetAddress.getLoopbackAddress();
    var refused =
        assertInstanceOf(SignIn.Verdict.Stranger.class, signIn.with("x".repeat(2_501), from));
    assertTrue(refused.why().contains("2500"), refused.why());
    assertInstanceOf(SignIn.Verdict.Welcome.class, signIn.with("sk-good", from));
  }

  private Recognition doors(Guesses guesses) {
    try {
      Path file =
          Files.writeString(
              folder.resolve("keys.yaml"),
              "- {id: k_good, sha256: %s, team: growth, roles: [viewer]}\n- {id: k_idle, sha256: %s, team: growth, roles: []}\n"
                  .formatted(Sha256.hex("sk-good"), Sha256.hex("sk-idle")));
      return new Recognition(
          ApiKeys.read(file, Clock.systemUTC()), WebTokens.NONE, guesses, Porters.METRICS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
