package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.JsonbOnTheWire;
import dev.flotilla.kit.json.NotJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
  /** Public, because JSON-B must see it. */
  public record Amount(BigDecimal usd, @Nullable BigDecimal local) {}

  @Test
  void money_in_our_own_records_is_written_plainly() {
    String json = JsonbOnTheWire.jsonb().toJson(new Amount(new BigDecimal("0.000000602"), null));
    assertEquals("{\"usd\":0.000000602}", json);
  }

  @Test
  void numbers_keep_the_digits_they_came_with_and_unknown_fields_survive() throws NotJson {
    String text = "{\"a\":2.50,\"b\":[1e3,12345678901234567890],\"c\":null}";
    assertEquals(
        "{\"a\":2.50,\"b\":[1E+3,12345678901234567890],\"c\":null}", Json.text(parse(text)));
  }

  @Test
  void money_is_never_written_in_scientific_notation() throws NotJson {
    assertEquals(
        "{\"cost\":0.00000002}",
        new String(Json.plainBytes(parse("{\"cost\":2E-8}")), StandardCharsets.UTF_8));
  }

  @Test
  void a_number_with_more_zeros_than_can_be_written_comes_back_as_it_came() throws NotJson {
    String text = "{\"a\":1E+999999999}";
    assertEquals(text, new String(Json.plainBytes(parse(text)), StandardCharsets.UTF_8));
  }

  @Test
  void a_number_that_is_none_is_no_failure_of_ours() {
    assertThrows(NotJson.class, () -> Json.parse("{\"a\":1E9999999999}"));
    assertThrows(NotJson.class, () -> Json.parse("-1e-99999999999"));
  }

  @Test
  void half_a_character_goes_on_as_the_escape_it_came_as() throws NotJson {
    String half = "{\"a\":\"x\\uD83D\"}";
    assertEquals(half, new String(Json.bytes(parse(half)), StandardCharsets.UTF_8));
  }

  @Test
  void what_is_not_one_object_is_refused_without_quoting_it() {
    for (String text :
        new String[] {
          "",
          "[]",
          "{\"secret\":1,\"secret\":2}",
          "{} {}",
          "{\"secret\"",
          "{\"a\":NaN}",
          "{\"a\":1E9999999999}",
          "{\"a\":1E99999999990}",
          "{\"a\":secret}",
          "{\"a\":\"secret\u0000\"}",
          "{\"a\":" + "1".repeat(101) + "}",
          "[".repeat(5_000)
        }) {
      var e = assertThrows(NotJson.class, () -> parse(text), text);
      assertFalse(e.getMessage().contains("secret"), e.getMessage());
      assertFalse(e.getMessage().contains("Feature"), e.getMessage());
    }
  }

  @Test
  void bytes_that_are_not_utf_8_in_its_one_form_are_refused() {
    for (String hex : new String[] {"c328", "eda0bd", "c0af", "ff", "f4908080"}) {
      byte[] bytes = HexFormat.of().parseHex("7b2261223a22" + hex + "227d");
      var e = assertThrows(NotJson.class, () -> Json.parseObject(bytes), hex);
      assertTrue(e.getMessage().contains("UTF-8"), e.getMessage());
    }
  }

  private static ObjectNode parse(String text) throws NotJson {
    return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
  }
}
