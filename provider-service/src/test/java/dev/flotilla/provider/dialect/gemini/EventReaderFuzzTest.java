package dev.flotilla.provider.dialect.gemini;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.dialect.SpoiltStream;
import dev.flotilla.testkit.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventReaderFuzzTest {
  @Test
  void whatever_geminis_stream_says_is_read_or_breaks_it(@TempDir Path folder) throws Exception {
    Model model = GeminiCatalog.of(folder, "http://127.0.0.1:1").find("up/fast").orElseThrow();
    var question =
        new Question(
            "a",
            model,
            Json.parseObject(
                "{\"model\":\"up/fast\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            Deadline.in(Duration.ofMinutes(10)));
    Fuzz.of("gemini-stream", streams())
        .with(
            "data: ",
            "\"candidates\":[",
            "\"functionCall\":",
            "\"usageMetadata\":",
            "\"finishReason\":")
        .run(
            5_000,
            input ->
                SpoiltStream.read(
                    input, model, new EventReader(question, Json.object(), Instant.EPOCH)));
  }

  private static List<String> streams() throws IOException {
    var streams = new ArrayList<String>();
    for (String name : List.of("answer", "thoughts", "tools")) {
      streams.add(Files.readString(Path.of("src/test/resources/recorded/gemini-" + name + ".sse")));
    }
    return streams;
  }
}
