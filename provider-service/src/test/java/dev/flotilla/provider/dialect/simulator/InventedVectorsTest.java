package dev.flotilla.provider.dialect.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Question;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InventedVectorsTest {
  private final Catalog catalog =
      Catalog.read(Path.of("..", "config", "catalog"), Set.of("sim-north", "sim-south"));
  private final SimulatorDialect dialect =
      new SimulatorDialect(
          new SimulatorConfig(Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofMillis(1)),
          InstantSource.system());

  @Test
  void a_text_has_the_same_vector_wherever_it_is_asked() {
    ObjectNode body = Json.object().put("input", "Ships in the harbour");
    Completion north = answered("sim-north/embedding", body);
    assertEquals(
        north.body().path("data"), answered("sim-south/embedding", body).body().path("data"));
    assertEquals(256, north.body().at("/data/0/embedding").size());
    assertEquals(1, product(north, 0, 0), 1e-4);
    // twenty characters
    assertEquals(5, north.usage().input());
  }

  @Test
  void texts_that_share_words_are_nearer_than_others() {
    ObjectNode body = Json.object();
    body.putArray("input")
        .add("Ships in the harbour")
        .add("Which ships are in the harbour?")
        .add("Trains were late yesterday");
    Completion c = answered("sim-north/embedding", body);
    assertTrue(product(c, 0, 1) > product(c, 0, 2) + 0.3);
  }

  @Test
  void a_shorter_vector_is_a_unit_as_well_and_token_numbers_have_one_too() {
    ObjectNode body = Json.object().put("dimensions", 16);
    body.putArray("input").add(5).add(6).add(7);
    Completion c = answered("sim-north/embedding", body);
    assertEquals(16, c.body().at("/data/0/embedding").size());
    assertEquals(1, product(c, 0, 0), 1e-4);
    assertEquals(3, c.usage().input());
  }

  @Test
  void it_fails_as_it_is_told() {
    ObjectNode body = Json.object().put("input", "x");
    assertInstanceOf(Failure.ServerError.class, ask("sim-north/embedding:500", body));
    assertInstanceOf(Failure.Lost.class, ask("sim-north/embedding:cut", body));
  }

  private static double product(Completion c, int one, int other) {
    JsonNode data = c.body().path("data");
    double product = 0;
    for (int i = 0; i < data.path(one).path("embedding").size(); i++) {
      product +=
          data.path(one).path("embedding").path(i).asDouble()
              * data.path(other).path("embedding").path(i).asDouble();
    }
    return product;
  }

  private Completion answered(String model, ObjectNode body) {
    return assertInstanceOf(CallOutcome.Answered.class, ask(model, body)).completion();
  }

  private CallOutcome ask(String model, ObjectNode body) {
    return dialect.ask(
        new Question(
            "a", catalog.find(model).orElseThrow(), body, Deadline.in(Duration.ofSeconds(5))));
  }
}
