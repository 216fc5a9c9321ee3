package dev.flotilla.router.door;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import java.util.List;

/** {@code GET /v1/key}: whose the key is that the caller shows, and what it may do. */
public final class KeyRoute implements DoorHandler {
  public List<Door> doors() {
    String owns = "Says whose the key is that is shown, and what it may do.";
    return List.of(new Door("GET", "/v1/key", Role.ANYBODY, 0, owns, this));
  }

  @Override
  public void answer(Visit visit) {
    Caller caller = visit.caller();
    KeyPolicy policy = visit.policy();
    ObjectNode json = Json.object().put("object", "key").put("id", caller.key());
    json.put("team", caller.team()).put("project", caller.project());
    ArrayNode roles = json.putArray("roles");
    caller.roles().stream().sorted().forEach(roles::add);
    ArrayNode models = json.putArray("models");
    caller.models().forEach(models::add);
    json.put("rpm", policy.requestsPerMinute()).put("tpm", policy.tokensPerMinute());
    visit.send(200, json.put("only_project", policy.onlyProject()));
  }
}
