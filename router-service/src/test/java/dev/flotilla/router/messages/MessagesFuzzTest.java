package dev.flotilla.router.messages;

import dev.flotilla.kit.http.ApiError;
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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessagesFuzzTest {
  @Test
  void whatever_is_asked_as_anthropic_writes_it_is_translated_or_refused_in_its_words()
      throws IOException {
    Fuzz.of("messages", recorded("messages"))
        .with("\"tool_use\"", "\"tool_result\"", "\"thinking\"", "\"type\":\"text\"", "\"source\":")
        .run(
            4_000,
            input -> {
              try {
                var chat = RequestReader.read(Json.parseObject(input), true);
                TokenEstimate.of(chat);
                var read = ChatRequest.parse(chat, name -> Optional.empty(), Hints.NONE);
                ReadRequest.isUsable(read);
                if (read instanceof ChatRequest.Parsed.Bad(var error)) {
                  refused(error);
                }
              } catch (NotJson e) {
                refused(ChatRequest.unreadable(e));
              } catch (Untranslatable e) {
                refused(e.error());
              }
            });
  }

  private static void refused(ApiError error) {
    ReadRequest.isAnthropics(MessagesErrors.of(error.body("req_1")));
  }

  static List<String> recorded(String kind) throws IOException {
    var requests = new ArrayList<String>();
    try (var files = Files.list(Path.of("src/test/resources").resolve(kind))) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith("." + kind + ".json")) {
          requests.add(Files.readString(file));
        }
      }
    }
    return requests;
  }
}
