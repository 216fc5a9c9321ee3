package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  @Test
  void a_trace_is_a_link_where_somebody_shows_traces() {
    String link = Words.trace(TRACE, Optional.of("https://jaeger.example/trace/{trace}?a=b&c=d"));
    assertTrue(
        link.contains("href=\"https://jaeger.example/trace/" + TRACE + "?a=b&amp;c=d\""), link);
    String text = Words.trace(TRACE, Optional.empty());
    assertTrue(text.contains(TRACE) && text.contains("flotilla.console.trace.url"), text);
    assertFalse(text.contains("href"), text);
    String none = Words.trace("\"><script>", Optional.of("https://jaeger.example/{trace}"));
    assertFalse(none.contains("script"), none);
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0",
    "0.000123456, $0.00012",
    "0.0123456, $0.0123",
    "0.5, $0.50",
    "12.345, '$12.35'",
    "1234567.891, '$1,234,567.89'",
    "-0.02, −$0.02"
  })
  void money_has_as_many_digits_as_tell_something(BigDecimal usd, String written) {
    assertEquals(written, Words.usd(usd));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1200, '1,200'", "0.25, 0.3", "30.0, 30"})
  void counts_are_grouped(BigDecimal count, String written) {
    assertEquals(written, Words.grouped(count));
  }

  @ParameterizedTest
  @CsvSource({"0.04321, 4.3 %", "1, 100.0 %", "0, 0.0 %", "-0.5, −50.0 %"})
  void shares_are_percents(BigDecimal share, String written) {
    assertEquals(written, Words.percent(share));
  }

  @ParameterizedTest
  @CsvSource({"12, 12 ms", "1250, 1.3 s", "61000, 1 min 1 s", "3720000, 1 h 2 min"})
  void times_are_short(BigDecimal millis, String written) {
    assertEquals(written, Words.millis(millis));
  }
}
