package dev.flotilla.provider.dialect.anthropic;

import dev.flotilla.catalog.Model;
import dev.flotilla.provider.TestCatalog;
import dev.flotilla.provider.dialect.SpoiltStream;
import dev.flotilla.testkit.Fuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageEventsFuzzTest {
  @Test
  void whatever_anthropics_stream_says_is_read_or_breaks_it(@TempDir Path folder)
      throws IOException {
    Model model = TestCatalog.of(folder, "http://127.0.0.1:1").find("up/fast").orElseThrow();
    var streams = new ArrayList<String>();
    for (String name : List.of("broken", "overloaded", "plain", "refusal", "tools")) {
      streams.add(
          Files.readString(Path.of("src/test/resources/recorded/anthropic-" + name + ".sse")));
    }
    Fuzz.of("anthropic-stream", streams)
        .with(
            "event: message_stop\n", "\"type\":\"content_block_delta\"", "\"index\":", "\"usage\":")
        .run(5_000, input -> SpoiltStream.read(input, model, new MessageEvents(model, 1)));
  }
}
