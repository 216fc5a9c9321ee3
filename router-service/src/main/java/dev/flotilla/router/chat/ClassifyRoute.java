package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.routing.RoutePolicy;
import java.util.List;

/**
 * {@code POST /v1/classify}: what kind of task a chat request is, whatever model it names. Asks
 * nobody.
 */
public final class ClassifyRoute implements DoorHandler {
  private final RoutePolicy policy;

  public ClassifyRoute(RoutePolicy policy) {
    this.policy = policy;
  }

  /**
   * @param maxBytes longest body in bytes
   */
  public List<Door> doors(int maxBytes) {
    return List.of(
        new Door(
            "POST",
            "/v1/classify",
            Role.ASKERS,
            maxBytes,
            "Says what kind of task a chat request is, and spends nothing.",
            this));
  }

  @Override
  public void answer(Visit visit) {
    switch (read(visit)) {
      case ChatRequest.Parsed.Bad(var error) -> visit.send(error);
      case ChatRequest.Parsed.Good(var request) ->
          policy
              .classify(request)
              .ifPresentOrElse(
                  type -> visit.send(200, shown(type)),
                  () -> visit.send(RoutePolicy.unknownTaskType(request.model())));
    }
  }

  private static ChatRequest.Parsed read(Visit visit) {
    ObjectNode body;
    try {
      body = Json.parseObject(visit.body());
    } catch (NotJson e) {
      return new ChatRequest.Parsed.Bad(ChatRequest.unreadable(e));
    }
    if (!RoutePolicy.isAuto(body.path("model").asText())) {
      body.put("model", RoutePolicy.AUTO);
    }
    return ChatRequest.parse(body, visit::header, visit.policy().hints());
  }

  private static ObjectNode shown(Classification type) {
    ObjectNode shown = Json.object().put("object", "classification");
    shown.put("task_type", type.taskType().word()).put("confidence", type.confidence());
    // Only types that something speaks for: a rule says nothing about the others.
    shown.putObject("scores").put(type.taskType().word(), type.confidence());
    type.matchedRules().forEach(shown.putArray("matched_rules")::add);
    return shown.put("decided_by", type.decidedBy().word());
  }
}
