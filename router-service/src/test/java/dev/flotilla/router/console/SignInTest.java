package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {
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
}
