package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.identity.Caller;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallerTest {
  @Test
  void an_identity_survives_the_way_to_the_next_service() {
    var caller =
        new Caller("growth", "k_1", "web", Set.of("caller", "admin"), List.of("openai/*", "fast"));
    var headers = new HashMap<String, String>();
    caller.send(headers::put);
    assertEquals(caller, Caller.received(headers::get));
    assertNull(Caller.received(name -> null));
  }

  @Test
  void a_pattern_admits_what_it_spells() {
    var caller = new Caller("t", "k", null, Set.of(), List.of("openai/*", "*-mini", "a*c*e"));
    assertTrue(caller.mayUse("openai/gpt"));
    assertTrue(caller.mayUse("x/y-mini"));
    assertTrue(caller.mayUse("abcde"));
    assertFalse(caller.mayUse("ace-x"));
    assertFalse(caller.mayUse("mistral/large"));
    assertFalse(new Caller("t", "k", null, Set.of(), List.of("aba*aba")).mayUse("aba"));
  }
}
