package dev.flotilla.provider.dialect.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.ObjectMappers;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.flotilla.kit.json.Json;
import java.util.HashSet;
import java.util.Set;

/** Whether OpenAI's own SDK would send it so. */
final class SdkJudge {
  private SdkJudge() {}

  /**
   * Every value must fit its type, and no field may be one that the types do not know. Models of
   * others are as good as OpenAI's.
   *
   * @param beside fields of a provider's own
   */
  static void judge(JsonNode sent, String... beside) {
    try {
      String known = Json.text(((ObjectNode) sent.deepCopy()).put("model", "gpt-5"));
      var body = ObjectMappers.jsonMapper().readValue(known, ChatCompletionCreateParams.Body.class);
      body.validate();
      var unknown = new HashSet<>(body._additionalProperties().keySet());
      // The SDK sets it itself.
      unknown.remove("stream");
      unknown.removeAll(Set.of(beside));
      assertEquals(Set.of(), unknown);
    } catch (JsonProcessingException e) {
      throw new AssertionError("the SDK cannot read " + sent, e);
    }
  }
}
