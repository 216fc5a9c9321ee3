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
  void what_may_be_null_may_be_so_however_it_is_written() {
    String chunk =
        """
        {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","usage":null,
         "choices":[{"index":0,"delta":{"content":null},"finish_reason":%s}]}""";
    for (String finish : List.of("null", "\"stop\"")) {
      assertEquals(
          List.of(),
          OpenAiSchemas.faults("CreateChatCompletionStreamResponse", chunk.formatted(finish)));
    }
    assertFault("CreateChatCompletionStreamResponse", chunk.formatted("7"));
    assertFault(
        "CreateChatCompletionStreamResponse", chunk.formatted("null").replace("\"index\":0,", ""));
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
