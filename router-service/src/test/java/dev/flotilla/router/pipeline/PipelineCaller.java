package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.RunningRouter;
import dev.flotilla.testkit.RealPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Calls a router's pipelines, and starts routers that have some. */
record PipelineCaller(int port) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** An answer: status, headers and JSON. */
  record Answer(int status, HttpResponse<String> raw, JsonNode body) {}

  static Path write(Path folder, String name, String yaml) throws IOException {
    Path file = folder.resolve("pipelines/" + name + ".yaml");
    Files.createDirectories(file.getParent());
    return Files.writeString(
        file, "apiVersion: pipelines/v1\nname: " + name + "\n" + yaml.stripIndent());
  }

  /** A router with this database that notices deaths soon. */
  static RunningRouter router(
      Path folder, RealPostgres.Access database, RunningRouter.Provider provider, String... more) {
    var settings = new HashMap<String, String>();
    settings.put("flotilla.postgres.url", database.jdbcUrl());
    settings.put("flotilla.postgres.user", database.user());
    settings.put("flotilla.postgres.password", database.password());
    settings.put("flotilla.pipeline.heartbeat", "PT0.2S");
    settings.put("flotilla.pipeline.poll", "PT0.1S");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    var router = new RunningRouter(folder, List.of(), Map.copyOf(settings), provider);
    new PipelineCaller(router.port()).awaitStore();
    return router;
  }

  private void awaitStore() {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (get("/v1/runs").status() == 503 && System.nanoTime() < end) {
      pause();
    }
  }

  Answer run(String pipeline, String body, String... headers) {
    return post("/v1/pipelines/" + pipeline + "/runs", body, headers);
  }

  /** Begins a run and does not wait; its id. */
  String begin(String pipeline, String body) {
    Answer answer = run(pipeline, body, "prefer", "respond-async");
    // One that has ended by then is answered whole.
    if (answer.status() != 202 && answer.status() != 200) {
      throw new AssertionError(answer.status() + " " + answer.raw().body());
    }
    return answer.body().path("id").asText();
  }

  Answer post(String path, String body, String... headers) {
    return send(
        RunningRouter.KEY,
        HttpRequest.newBuilder(at(path)).POST(HttpRequest.BodyPublishers.ofString(body)),
        headers);
  }

  Answer get(String path, String... headers) {
    return send(RunningRouter.KEY, HttpRequest.newBuilder(at(path)), headers);
  }

  Answer getAs(String key, String path) {
    return send(key, HttpRequest.newBuilder(at(path)));
  }

  /** The run once it is as it should be. */
  JsonNode await(String run, Predicate<JsonNode> as) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    JsonNode last = Json.object();
    while (System.nanoTime() < end) {
      last = get("/v1/runs/" + run + "?include=outputs").body();
      if (as.test(last)) {
        return last;
      }
      pause();
    }
    throw new AssertionError("the run never became so: " + last);
  }

  JsonNode awaitEnd(String run) {
    return await(run, json -> !json.path("ended_at").isNull() && json.has("ended_at"));
  }

  JsonNode awaitStatus(String run, String status) {
    return await(run, json -> json.path("status").asText().equals(status));
  }

  /** As another service of the fleet; the status. */
  int wake(String run) {
    return send(
            "service-token-of-the-tests",
            HttpRequest.newBuilder(at("/internal/runs/" + run + "/wake"))
                .POST(HttpRequest.BodyPublishers.ofString("{}")))
        .status();
  }

  URI at(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static Answer send(String key, HttpRequest.Builder request, String... headers) {
    request.timeout(Duration.ofSeconds(60)).header("authorization", "Bearer " + key);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<String> raw = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(raw.statusCode(), raw, json(raw.body()));
    } catch (IOException e) {
      return new Answer(0, null, Json.object());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(String body) {
    try {
      return Json.parse(body);
    } catch (NotJson e) {
      return Json.object();
    }
  }

  /** Another process offers nothing to wait on but its answers. */
  static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
