package dev.flotilla.provider.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FaultRow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiUsageTest {
  private static final long CONTEXT = 128_000;

  @Test
  void cached_and_reasoning_tokens_are_counted_once() throws Exception {
    assertEquals(
        AttemptUsage.text(70, 30, 40, 10),
        read(
            """
            {"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":30},
             "completion_tokens_details":{"reasoning_tokens":10}}"""));
  }

  @Test
  void deepseeks_own_word_for_cached_tokens_is_understood() throws Exception {
    assertEquals(
        AttemptUsage.text(36, 64, 50, 0),
        read(
            """
            {"prompt_tokens":100,"completion_tokens":50,"prompt_cache_hit_tokens":64}"""));
  }

  @Test
  void reasoning_that_is_counted_beside_the_answer_is_told_by_the_total() throws Exception {
    assertEquals(
        AttemptUsage.text(22, 4, 168, 304),
        read(
            """
            {"prompt_tokens":26,"completion_tokens":168,"total_tokens":498,
             "prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":304}}"""));
    assertEquals(
        AttemptUsage.text(100, 0, 50, 10),
        read(
            """
            {"prompt_tokens":100,"completion_tokens":50,"total_tokens":160,
             "completion_tokens_details":{"reasoning_tokens":10}}"""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "{\"prompt_tokens\":1}",
        "{\"prompt_tokens\":-1,\"completion_tokens\":1}",
        "{\"prompt_tokens\":1.5,\"completion_tokens\":1}",
        "{\"prompt_tokens\":\"1\",\"completion_tokens\":1}",
        "{\"prompt_tokens\":1000000000000000000,\"completion_tokens\":1}",
        "{\"prompt_tokens\":1e18,\"completion_tokens\":1}",
        "{\"prompt_tokens\":99999999999999999999999,\"completion_tokens\":1}",
        "{\"prompt_tokens\":5,\"completion_tokens\":1,\"prompt_tokens_details\":{\"cached_tokens\":6}}",
        "{\"prompt_tokens\":5,\"completion_tokens\":1,\"completion_tokens_details\":{\"reasoning_tokens\":2}}"
      })
  @FaultRow(row = 29, fault = "negative, fractional, textual, enormous or inconsistent counts")
  void what_cannot_be_true_is_not_paid(String usage) throws Exception {
    assertNull(read(usage));
  }

  private static AttemptUsage read(String usage) throws Exception {
    return OpenAiUsage.read(Json.parse(usage), CONTEXT);
  }
}
