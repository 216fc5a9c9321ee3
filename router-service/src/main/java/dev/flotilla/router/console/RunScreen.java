package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.router.console.api.Answer;
import dev.flotilla.router.console.api.FleetApi;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs of pipelines: a list, and one of them as it goes. */
final class RunScreen implements Screen {
  private static final List<String> STATUSES =
      List.of("queued", "in_progress", "waiting", "completed", "failed", "cancelled", "expired");

  @Override
  public Shown show(Asked asked) {
    List<String> path = asked.path();
    if (path.isEmpty()) {
      return list(asked);
    }
    String id = path.getFirst();
    if (path.size() == 1 && !asked.isForm()) {
      return run(id, "", asked);
    }
    if (path.size() != 2) {
      return new Shown.Nothing();
    }
    return switch (path.get(1)) {
      case "events" -> events(id, asked.api());
      case "cancel", "retry" ->
          asked.isForm() ? change(id, path.get(1), asked) : run(id, "", asked);
      default -> new Shown.Nothing();
    };
  }

  private static Shown list(Asked asked) {
    String status = asked.query("status", "");
    String pipeline = asked.query("pipeline", "");
    String after = asked.query("after", "");
    String path =
        (pipeline.isEmpty() ? "/v1/runs" : "/v1/pipelines/" + Asked.encoded(pipeline) + "/runs")
            + "?limit=25"
            + (status.isEmpty() ? "" : "&status=" + Asked.encoded(status))
            + (after.isEmpty() ? "" : "&after=" + Asked.encoded(after));
    Map<String, String> questions =
        Map.of("runs", path, "key", "/v1/key", "pipelines", "/v1/pipelines");
    Map<String, Object> facts = asked.facts(questions);
    facts.put("statuses", STATUSES);
    facts.put("status", status);
    facts.put("pipeline", pipeline);
    facts.put("after", after);
    facts.put("target", "/console" + asked.target());
    return new Shown.Page("runs", facts);
  }

  /**
   * @param said what came of something that was done; empty for nothing
   */
  private static Shown run(String id, String said, Asked asked) {
    String path = "/v1/runs/" + Asked.encoded(id);
    Map<String, Answer> answers =
        asked
            .api()
            .getAll(Map.of("run", path, "key", "/v1/key", "whole", path + "?include=outputs"));
    Answer answer =
        // With what its steps gave back, for those who may see it.
        answers.get("whole") instanceof Answer.Told told
            ? told
            : answers.getOrDefault("run", none());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("key", Facts.of("/v1/key", answers.getOrDefault("key", none())));
    if (answer instanceof Answer.Refused(int status, _, var message)) {
      facts.put("title", "No such run");
      facts.put("message", message);
      return new Shown.Page(status, "refused", facts);
    }
    JsonNode run = Facts.json(answer);
    facts.put("run", Facts.of(path, answer));
    facts.put("lanes", Lanes.of(run, Instant.now()));
    facts.put("input", Texts.of(run.path("input")));
    facts.put("output", Texts.of(run.path("output")));
    facts.put("curl", Snippet.run(asked.origin(), run));
    facts.put("said", said);
    facts.put("ended", run.path("ended_at").isTextual());
    return new Shown.Page("run", facts);
  }

  private static Answer none() {
    return new Answer.Refused(404, "", "");
  }

  private static Shown change(String id, String how, Asked asked) {
    String from = asked.field("from");
    Answer answer =
        asked
            .api()
            .post(
                "/v1/runs/"
                    + Asked.encoded(id)
                    + "/"
                    + how
                    + (from.isEmpty() ? "" : "?from=" + Asked.encoded(from)));
    return answer instanceof Answer.Refused(_, _, var message)
        ? run(id, message, asked)
        : new Shown.Elsewhere("/runs/" + Asked.encoded(id));
  }

  private static Shown events(String id, FleetApi api) {
    return new Shown.Passed(
        last -> {
          HttpResponse<InputStream> events =
              api.open(
                  "/v1/runs/" + Asked.encoded(id) + "/events",
                  last.isEmpty() ? Map.of() : Map.of("last-event-id", last));
          return new Shown.Opened(events.body(), Map.of("content-type", "text/event-stream"));
        });
  }
}
