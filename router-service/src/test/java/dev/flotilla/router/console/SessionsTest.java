package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Duration HOURS = Duration.ofHours(12);

  private final Sessions sessions = new Sessions("shared by all", HOURS, () -> NOW);

  @Test
  void another_router_with_the_same_secret_reads_a_session() {
    Session session = sessions.begin("sk-growth");
    var elsewhere = new Sessions("shared by all", HOURS, () -> NOW);
    assertEquals(Optional.of(session), elsewhere.opened(sessions.sealed(session)));
  }

  @Test
  void nobody_else_reads_it() {
    String cookie = sessions.sealed(sessions.begin("sk-growth"));
    var stranger = new Sessions("shared by others", HOURS, () -> NOW);
    assertEquals(Optional.empty(), stranger.opened(cookie));
    String inside = new String(Base64.getUrlDecoder().decode(cookie), StandardCharsets.ISO_8859_1);
    assertFalse(inside.contains("sk-growth"));
  }

  @Test
  void a_changed_cookie_is_none() {
    byte[] cookie = Base64.getUrlDecoder().decode(sessions.sealed(sessions.begin("sk-growth")));
    for (int i = 0; i < cookie.length; i++) {
      byte[] changed = cookie.clone();
      changed[i] ^= 1;
      assertEquals(
          Optional.empty(), sessions.opened(Base64.getUrlEncoder().encodeToString(changed)));
    }
    for (String none : new String[] {"", "%%%", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAA"}) {
      assertEquals(Optional.empty(), sessions.opened(none));
    }
  }

  @Test
  void it_ends() {
    String cookie = sessions.sealed(sessions.begin("sk-growth"));
    var justBefore = new Sessions("shared by all", HOURS, () -> NOW.plus(HOURS).minusSeconds(1));
    assertTrue(justBefore.opened(cookie).isPresent());
    var then = new Sessions("shared by all", HOURS, () -> NOW.plus(HOURS));
    assertEquals(Optional.empty(), then.opened(cookie));
  }

  @Test
  void forms_of_one_session_are_none_of_another() {
    Session one = sessions.begin("sk-growth");
    Session other = sessions.begin("sk-growth");
    assertNotEquals(one.formToken(), other.formToken());
    assertTrue(Sessions.isFrom(one, one.formToken()));
    assertFalse(Sessions.isFrom(one, other.formToken()));
    assertFalse(Sessions.isFrom(one, ""));
  }

  @Test
  void it_never_prints_the_key() {
    assertFalse(sessions.begin("sk-growth").toString().contains("sk-growth"));
  }
}
