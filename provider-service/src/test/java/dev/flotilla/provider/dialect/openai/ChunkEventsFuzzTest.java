package dev.flotilla.provider.dialect.openai;

import dev.flotilla.catalog.Model;
import dev.flotilla.provider.TestCatalog;
import dev.flotilla.provider.dialect.SpoiltStream;
import dev.flotilla.testkit.Fuzz;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunkEventsFuzzTest {
  private static final List<String> STREAMS =
      List.of(
          """
          data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

          data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"Hel"}}]}

          : ping

          data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}

          data: {"id":"chatcmpl-1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4}}}

          data: [DONE]

          """,
          """
          event: error
          data: {"error":{"message":"no","type":"server_error","code":"overloaded"}}

          """,
          """
          data: {"choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":"insufficient_system_resource"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}

          """);

  @Test
  void whatever_openais_kind_of_stream_says_is_read_or_breaks_it(@TempDir Path folder) {
    Model model = TestCatalog.of(folder, "http://127.0.0.1:1").find("up/fast").orElseThrow();
    Fuzz.of("openai-stream", STREAMS)
        .with("data: ", "event: error\n", "\n\ndata: {\"error\":", "\"choices\":[", "\"usage\":")
        .run(5_000, input -> SpoiltStream.read(input, model, new ChunkEvents(model)));
  }
}
