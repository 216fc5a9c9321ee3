package dev.flotilla.router.responses;

import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.ReadRequest;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.testkit.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResponsesFuzzTest {
  @Test
  void whatever_is_asked_in_the_newer_api_is_translated_or_refused_in_openais_words()
      throws IOException {
    var requests = new ArrayList<String>();
    try (var files = Files.list(Path.of("src/test/resources/responses"))) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".responses.json")) {
          requests.add(Files.readString(file));
        }
      }
    }
    Fuzz.of("responses", requests)
        .with(
            "\"input\":",
            "\"function_call\"",
            "\"reasoning\"",
            "\"input_text\"",
            "\"previous_response_id\":")
        .run(
            4_000,
            input -> {
              try {
                var asked = Json.parseObject(input);
                var chat = RequestReader.read(asked);
                Settings.of(asked);
                ReadRequest.isUsable(ChatRequest.parse(chat, name -> Optional.empty(), Hints.NONE));
              } catch (NotJson e) {
                ReadRequest.isOpenAis(ChatRequest.unreadable(e));
              } catch (NotHere e) {
                ReadRequest.isOpenAis(e.error());
              }
            });
  }
}
