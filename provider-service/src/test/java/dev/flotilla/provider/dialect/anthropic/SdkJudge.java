package dev.flotilla.provider.dialect.anthropic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.anthropic.core.ObjectMappers;
import com.anthropic.models.messages.MessageCreateParams;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import java.util.HashSet;
import java.util.Set;

/** Whether Anthropic's own SDK would send it so. */
final class SdkJudge {
  /** Known to the API; the SDK's body has no field for them any more, or sets it itself. */
  private static final Set<String> BESIDE_THE_TYPES =
      Set.of("stream", "temperature", "top_p", "top_k");

  private SdkJudge() {}

  /** Every value must fit its type, and no field may be one that the types do not know. */
  static void judge(JsonNode sent) {
    try {
      var body =
          ObjectMappers.jsonMapper().readValue(Json.text(sent), MessageCreateParams.Body.class);
      body.validate();
      var unknown = new HashSet<>(body._additionalProperties().keySet());
      unknown.removeAll(BESIDE_THE_TYPES);
      assertEquals(Set.of(), unknown);
    } catch (JsonProcessingException e) {
      throw new AssertionError("the SDK cannot read " + sent, e);
    }
  }
}
