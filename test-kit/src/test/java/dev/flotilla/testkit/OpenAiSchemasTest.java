package dev.flotilla.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class OpenAiSchemasTest {
  @Test
  void a_request_as_it_should_be_has_no_fault() {
    assertEquals(
        List.of(),
        OpenAiSchemas.faults(
            "CreateChatCompletionRequest",
            """
            {"model":"gpt","temperature":null,"messages":[{"role":"user","content":"hello"}]}"""));
    assertEquals(
        List.of(),
        OpenAiSchemas.faults("CreateEmbeddingRequest", "{\"model\":\"e\",\"input\":[[1,2],[3]]}"));
  }

  @Test
  void what_is_missing_or_of_another_type_is_a_fault() {
    assertFault("CreateChatCompletionRequest", "{\"model\":\"gpt\"}");
    assertFault("CreateChatCompletionRequest", "{\"model\":\"gpt\",\"messages\":\"hello\"}");
    assertFault("CreateEmbeddingRequest", "{\"model\":\"e\",\"input\":[1,\"two\"]}");
    assertFault("CreateEmbeddingRequest", "{\"model\":\"e\",\"input\":\"x\",\"models\":[]}");
    assertFault("Response", "{\"id\":\"resp_1\"}");
    assertFault("ResponseStreamEvent", "{\"type\":\"response.completed\",\"sequence_number\":1}");
    assertFault("ResponseStreamEvent", "not even JSON");
  }

  @Test
  void a_schema_that_is_not_there_is_a_mistake_of_the_test() {
    assertThrows(IllegalArgumentException.class, () -> OpenAiSchemas.faults("Nothing", "{}"));
  }

  private static void assertFault(String schema, String document) {
    assertFalse(OpenAiSchemas.faults(schema, document).isEmpty(), document);
  }
}
