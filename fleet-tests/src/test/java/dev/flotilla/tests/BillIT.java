package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ADMIN_KEY;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A provider's own bill comes in through the door. */
@ExtendWith(SharedFleet.class)
class BillIT {
  private final FleetUnderTest fleet;

  BillIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void an_administrator_compares_a_providers_bill_with_the_ledger_and_nobody_else_does()
      throws Exception {
    String bill =
        """
        {"provider":"alpha","days":[{"day":"2020-01-01","model":"alpha/m","cost_nanos":9}]}""";
    HttpResponse<String> answer = send(ADMIN_KEY, bill);
    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode difference = json(answer.body()).at("/differences/0");
    assertEquals(0, difference.path("ledger_nanos").asInt(-1), answer.body());
    assertEquals(9, difference.path("difference_nanos").asInt(), answer.body());
    assertEquals(false, difference.path("corrected").asBoolean(true));

    assertEquals(403, send(KEY, bill).statusCode());
    HttpResponse<String> wrong = send(ADMIN_KEY, bill.replace("9}", "0.5}"));
    assertEquals(400, wrong.statusCode(), wrong.body());
    assertEquals("invalid_bill", json(wrong.body()).path("code").asText(), wrong.body());
  }

  private HttpResponse<String> send(String key, String bill) throws Exception {
    return fleet.http.send(
        HttpRequest.newBuilder(fleet.fleet.url().resolve("/v1/costs/imports"))
            .header("authorization", "Bearer " + key)
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(bill))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
