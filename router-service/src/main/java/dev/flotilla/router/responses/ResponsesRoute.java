package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.chat.Desk;
import dev.flotilla.router.chat.Wording;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.idempotency.Idempotency;
import java.io.IOException;
import java.util.List;

/**
 * {@code POST /v1/responses}: reads the request as OpenAI's newer API writes it. From there on it
 * is a chat request like any other, and shares its answers with those that say the same.
 */
public final class ResponsesRoute implements DoorHandler {
  private final Desk desk;

  public ResponsesRoute(Desk desk) {
    this.desk = desk;
  }

  /** How reading a body went. */
  private sealed interface Read {
    record Good(ObjectNode asked, ObjectNode chat) implements Read {}

    record Bad(ChatRequest.Parsed.Bad why) implements Read {}
  }

  /**
   * @param maxBytes longest body in bytes
   */
  public List<Door> doors(int maxBytes, Idempotency idempotency) {
    String responds =
        "Answers a request in the words of OpenAI's Responses API, by any model of this fleet; nothing is stored.";
    DoorHandler once = idempotency.once(this);
    return List.of(
        new Door("POST", "/v1/responses", Role.ASKERS, maxBytes, responds, once),
        new Door("POST", "/responses", Role.ASKERS, maxBytes, responds, once));
  }

  @Override
  public void answer(Visit visit) throws IOException {
    switch (read(visit)) {
      case Read.Bad(var why) -> desk.answer(why, Wording.OPENAI, visit);
      case Read.Good(var asked, var chat) ->
          desk.answer(
              ChatRequest.parse(chat, visit::header, visit.policy().hints()),
              new ResponsesWording(Settings.of(asked)),
              visit);
    }
  }

  private static Read read(Visit visit) {
    try {
      ObjectNode asked = Json.parseObject(visit.body());
      return new Read.Good(asked, RequestReader.read(asked));
    } catch (NotJson e) {
      return new Read.Bad(new ChatRequest.Parsed.Bad(ChatRequest.unreadable(e)));
    } catch (NotHere e) {
      return new Read.Bad(new ChatRequest.Parsed.Bad(e.error()));
    }
  }
}
