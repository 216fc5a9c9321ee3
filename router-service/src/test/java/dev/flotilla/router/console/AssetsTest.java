package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class AssetsTest {
  /** Of dist/htmx.min.js in the npm package htmx.org 4.0.1. */
  private static final String HTMX =
      "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130";

  private final Assets assets = new Assets();

  @Test
  void what_others_wrote_is_as_they_published_it_and_its_licence_lies_beside_it()
      throws NoSuchAlgorithmException {
    byte[] htmx = assets.find("htmx-4.0.1.min.js").orElseThrow().plain();
    assertEquals(HTMX, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(htmx)));
    assertNotNull(Assets.class.getResource("assets/htmx-4.0.1.LICENSE.txt"));
  }

  @Test
  void compressed_is_the_same() throws IOException {
    Assets.Asset css = assets.find("console.css").orElseThrow();
    try (var unzipped = new GZIPInputStream(new ByteArrayInputStream(css.gzipped()))) {
      assertArrayEquals(css.plain(), unzipped.readAllBytes());
    }
    assertTrue(css.gzipped().length < css.plain().length);
  }

  @Test
  void nothing_outside_the_list_is_there() {
    assertTrue(assets.find("../pages/layout.html").isEmpty());
    assertTrue(assets.find("htmx-4.0.1.LICENSE.txt").isEmpty());
  }
}
