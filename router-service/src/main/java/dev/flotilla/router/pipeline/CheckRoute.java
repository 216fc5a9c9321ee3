package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.pipelines.loading.Loaded;
import dev.flotilla.pipelines.loading.Problem;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code POST /v1/pipelines:validate}: a pipeline's YAML in, everything that is wrong with it out;
 * nothing is kept.
 */
public final class CheckRoute implements DoorHandler {
  private static final String FILE = "pipeline.yaml";

  private final Shelf shelf;

  CheckRoute(Shelf shelf) {
    this.shelf = shelf;
  }

  @Override
  public void answer(Visit visit) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(visit.body())).toString();
    } catch (CharacterCodingException e) {
      Refusal.of(
              ApiError.invalid(
                  "invalid_body", "The body must be a pipeline in YAML, as UTF-8 text.", null))
          .send(visit);
      return;
    }
    ObjectNode json = Json.object().put("object", "pipeline.check");
    switch (shelf.loader().load(FILE, text, shelf.all())) {
      case Loaded.Good(var pipeline, var warnings) -> {
        json.put("valid", true).put("name", pipeline.name()).put("version", pipeline.version());
        json.putArray("problems");
        told(warnings, json.putArray("warnings"));
      }
      case Loaded.Bad(var problems, var warnings) -> {
        json.put("valid", false);
        told(problems, json.putArray("problems"));
        told(warnings, json.putArray("warnings"));
      }
    }
    visit.send(200, json);
  }

  private static void told(List<Problem> problems, ArrayNode into) {
    for (Problem problem : problems) {
      into.addObject()
          .put("line", problem.line())
          .put("place", problem.place())
          .put("message", problem.message())
          .put("suggestion", problem.suggestion());
    }
  }
}
