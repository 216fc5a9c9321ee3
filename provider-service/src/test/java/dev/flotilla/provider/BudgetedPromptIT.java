package dev.flotilla.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.json.Json;
import dev.flotilla.provider.lease.LeaseDoor;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real service, with a budget that has enough for a prompt's tokens and not for its bytes. */
class BudgetedPromptIT {
  private static final String USAGE = "{\"prompt_tokens\":1600,\"completion_tokens\":50}";

  @TempDir private Path folder;

  @Test
  void a_prompt_is_counted_before_a_budget_refuses_it() throws Exception {
    String prompt =
        """
        {"model":"up/fast","messages":[{"role":"user","content":"%s"}],"max_tokens":50}"""
            .formatted("Is it so, or is it otherwise? ".repeat(200));
    try (var upstream = new WatchedUpstream();
        var door = LeaseDoor.ofBudget(3_000_000);
        var provider = start(upstream, door)) {
      upstream.does(e -> WatchedUpstream.plain(e, 200, WatchedUpstream.completion(USAGE)));
      var refused = provider.ask(prompt);
      assertEquals(402, refused.statusCode(), refused.body());
      String message = Json.parse(refused.body()).at("/error/message").asText();
      assertTrue(message.contains("Team growth") && message.contains("team:growth"), message);
      var answered = provider.ask(prompt.replace("up/fast", "up/counted"));
      assertEquals(200, answered.statusCode(), answered.body());
    }
  }

  private RunningProvider start(WatchedUpstream upstream, LeaseDoor door) {
    TestCatalog.write(folder, upstream.baseUrl());
    return RunningProvider.start(folder, door.url(), Map.of("flotilla.budgets.time-box", "PT30S"));
  }
}
