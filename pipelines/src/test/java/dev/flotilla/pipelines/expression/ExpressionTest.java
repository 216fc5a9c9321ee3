package dev.flotilla.pipelines.expression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExpressionTest {
  @Test
  void names_are_those_it_does_not_define_itself() throws Exception {
    assertEquals(
        Set.of("input", "qc", "draft"),
        Expression.of(
                "input.items.exists(i, i.score < qc.score) && draft != null && type(1) == int")
            .names());
  }

  @Test
  void numbers_of_any_kind_can_be_compared() throws Exception {
    for (Object score : List.of(7.5, 7L, 7)) {
      assertEquals(true, Expression.of("qc.score < 8").eval(Map.of("qc", Map.of("score", score))));
    }
  }

  @Test
  void null_passes_through() throws Exception {
    var scope = new HashMap<String, Object>();
    scope.put("polish", null);
    scope.put("draft", "d");
    assertEquals("d", Expression.of("polish != null ? polish : draft").eval(scope));
    assertEquals(null, Expression.of("polish").eval(scope));
    assertEquals(Arrays.asList(1L, null), Expression.of("[1, polish]").eval(scope));
    assertEquals(
        "[b, a]",
        ((Map<?, ?>) Expression.of("{'b': draft, 'a': 1}").eval(scope)).keySet().toString());
  }

  @Test
  void what_is_wrong_is_said() {
    assertThrows(BadExpression.class, () -> Expression.of("a.score <"));
    assertThrows(EvaluationFailed.class, () -> Expression.of("a.b").eval(Map.of("a", Map.of())));
    assertThrows(EvaluationFailed.class, () -> Expression.of("a").eval(Map.of()));
    assertThrows(EvaluationFailed.class, () -> Expression.of("a").holds(Map.of("a", 1L)));
  }

  @Test
  void no_pattern_and_no_loop_of_an_expression_runs_for_ever() throws Exception {
    String text = "a".repeat(50_000) + "!";
    assertEquals(false, Expression.of("x.matches('^(a+)+$')").eval(Map.of("x", text)));
    var many = Collections.nCopies(200, 1L);
    assertThrows(
        EvaluationFailed.class,
        () -> Expression.of("x.all(a, x.all(b, x.all(c, a + b + c > 0)))").eval(Map.of("x", many)));
  }
}
