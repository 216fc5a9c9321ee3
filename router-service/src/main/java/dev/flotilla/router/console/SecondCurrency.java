package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.console.api.Answer;
import dev.flotilla.router.console.api.FleetApi;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/**
 * The currency that somebody wants to see beside dollars, at the newest rate that the costs API
 * used. Reports by day, as on the screen of costs, have each day's own.
 *
 * @param name three upper-case letters
 * @param rate units of it per dollar; 0 when there is none to go by
 * @param from the day from which the rate holds; empty without one
 * @param problem why there is no rate, in the API's words; empty when nobody spent anything yet
 */
record SecondCurrency(String name, BigDecimal rate, String from, String problem) {
  /** Dollars alone. */
  static final SecondCurrency NONE = new SecondCurrency("", BigDecimal.ZERO, "", "");

  static final String COOKIE = "flotilla_console_currency";

  /**
   * @param wanted as somebody wrote it; anything but three letters is none
   */
  static SecondCurrency of(String wanted, FleetApi api) {
    String name = wanted.strip().toUpperCase(Locale.ROOT);
    if (!name.matches("[A-Z]{3}") || name.equals("USD")) {
      return NONE;
    }
    LocalDate from = LocalDate.now(ZoneOffset.UTC).minusDays(30);
    return switch (api.get("/v1/costs?bucket=1d&limit=31&from=" + from + "&currency=" + name)) {
      case Answer.Told(var json) -> newest(name, json.path("data"));
      case Answer.Refused(_, _, var message) ->
          new SecondCurrency(name, BigDecimal.ZERO, "", message);
    };
  }

  private static SecondCurrency newest(String name, JsonNode buckets) {
    var newest = new SecondCurrency(name, BigDecimal.ZERO, "", "");
    for (JsonNode bucket : buckets) {
      for (JsonNode result : bucket.path("results")) {
        for (JsonNode rate : result.path("amount_local").path("rates")) {
          String from = rate.path("date").asText();
          if (from.compareTo(newest.from()) >= 0) {
            newest = new SecondCurrency(name, rate.path("rate").decimalValue(), from, "");
          }
        }
      }
    }
    return newest;
  }

  boolean isKnown() {
    return rate.signum() > 0;
  }

  BigDecimal of(BigDecimal dollars) {
    return dollars.multiply(rate);
  }
}
