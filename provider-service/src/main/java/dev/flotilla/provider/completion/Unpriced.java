package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.provider.dialect.Objection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Finds what a request will surely use and its model has no price for. */
final class Unpriced {
  private Unpriced() {}

  /** Null when all of it has a price. */
  static @Nullable Objection objection(Model model, ObjectNode body) {
    if (model.priceAt(Instant.now()).tariff().audioIn() != null) {
      return null;
    }
    JsonNode messages = body.path("messages");
    for (int i = 0; i < messages.size(); i++) {
      for (JsonNode part : messages.path(i).path("content")) {
        if (part.path("type").asText().equals("input_audio")) {
          return Objection.unsupported(
              "messages[" + i + "].content",
              "What "
                  + model.id()
                  + " charges for sound is not known here, and unpriced is not free; leave it out,"
                  + " or have audio_in written into the model's prices.");
        }
      }
    }
    return null;
  }
}
