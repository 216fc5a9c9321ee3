package dev.flotilla.router.chat;

import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import java.io.IOException;
import java.util.List;

/** {@code POST /v1/chat/completions}: reads the request as OpenAI writes it. */
public final class ChatRoute implements DoorHandler {
  private final Desk desk;

  public ChatRoute(Desk desk) {
    this.desk = desk;
  }

  /**
   * @param maxBytes longest body in bytes
   * @param completions answers chat, or what is called like it
   */
  public List<Door> doors(int maxBytes, DoorHandler completions) {
    String asks = "Answers a chat request; the router chooses the model when it is 'auto'.";
    String previews = "Says what would be done with the same chat request, and spends nothing.";
    return List.of(
        new Door("POST", "/v1/chat/completions", Role.ASKERS, maxBytes, asks, completions),
        new Door("POST", "/chat/completions", Role.ASKERS, maxBytes, asks, completions),
        new Door("POST", "/v1/route", Role.ASKERS, maxBytes, previews, this::preview));
  }

  @Override
  public void answer(Visit visit) throws IOException {
    desk.answer(read(visit), Wording.OPENAI, visit);
  }

  /** {@code POST /v1/route}: says what would be done with the same body, and spends nothing. */
  public void preview(Visit visit) {
    desk.preview(read(visit), visit);
  }

  private static ChatRequest.Parsed read(Visit visit) {
    return ChatRequest.parse(visit.body(), visit::header, visit.policy().hints());
  }
}
