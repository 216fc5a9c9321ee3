package dev.flotilla.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchOptionsTest {
  @Test
  void what_is_not_said_has_a_value_that_makes_sense() {
    BenchOptions options = parse("bench");
    assertEquals(Scenario.ALL, options.scenarios());
    assertEquals(3, options.rounds());
    assertEquals(30, parse("soak").minutes());
    assertEquals(5_000, parse("chaos").requests());
    assertEquals(10_000_000, parse("rows", "--rows", "10000000").rows());
    assertEquals(7, parse("chaos", "--kills", "7", "--seed", "3").kills());
    assertEquals(
        List.of("cached", "small"),
        parse("bench", "--scenarios", "cached,small").scenarios().stream()
            .map(Scenario::name)
            .toList());
  }

  @Test
  void nonsense_is_answered_with_what_would_be_right() {
    assertTrue(wrong("bench", "--rounds", "none").contains("try 5"));
    assertTrue(wrong("bench", "--rounds").contains("needs a value"));
    assertTrue(wrong("bench", "--scenarios", "huge").contains("small, cached, 64k"));
    assertTrue(wrong("rows", "--rows", "500").contains("try 70000"));
    assertTrue(wrong("soak", "--hours", "3").contains("does not know --hours"));
  }

  private static String wrong(String... words) {
    return String.valueOf(
        assertThrows(BenchOptions.WrongUsage.class, () -> parse(words)).getMessage());
  }

  private static BenchOptions parse(String... words) {
    return BenchOptions.parse(List.of(words), Path.of("."));
  }
}
