package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.chat.Desk;
import dev.flotilla.router.chat.Wording;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorDialect;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.idempotency.Idempotency;
import java.io.IOException;
import java.util.List;

/**
 * {@code POST /v1/messages}: reads the request as Anthropic writes it. From there on it is a chat
 * request like any other, and shares its answers with those that say the same.
 */
public final class MessagesRoute implements DoorHandler {
  /** What clients of Anthropic expect at a door. */
  public static final DoorDialect DIALECT =
      new DoorDialect("Anthropic", "x-api-key", "request-id", MessagesErrors::of);

  private static final String ESTIMATED = "x-estimated";

  private final Desk desk;
  private final ModelNames names;

  public MessagesRoute(Desk desk, Catalog catalog) {
    this.desk = desk;
    this.names = new ModelNames(catalog);
  }

  /** How reading a body went. */
  private sealed interface Read {
    record Good(ObjectNode chat, boolean wantsThoughts) implements Read {}

    record Bad(ChatRequest.Parsed.Bad why) implements Read {}
  }

  /**
   * @param maxBytes longest body in bytes
   */
  public List<Door> doors(int maxBytes, Idempotency idempotency) {
    return List.of(
        new Door(
            "POST",
            "/v1/messages",
            Role.ASKERS,
            maxBytes,
            "Answers a request in the words of Anthropic's Messages API, by any model of this fleet.",
            DIALECT,
            idempotency.once(this)),
        new Door(
            "POST",
            "/v1/messages/count_tokens",
            Role.ASKERS,
            maxBytes,
            "Estimates the tokens of the same request without asking a model; x-estimated says so.",
            DIALECT,
            this::countTokens));
  }

  @Override
  public void answer(Visit visit) throws IOException {
    switch (read(visit, true)) {
      case Read.Bad(var why) -> desk.answer(why, Wording.OPENAI, visit);
      case Read.Good(var chat, boolean wantsThoughts) ->
          desk.answer(parsed(chat, visit), new MessagesWording(wantsThoughts), visit);
    }
  }

  /** {@code POST /v1/messages/count_tokens}: an estimate, because nobody is asked. */
  public void countTokens(Visit visit) {
    switch (read(visit, false)) {
      case Read.Bad(var why) -> visit.send(why.error());
      case Read.Good(var chat, boolean wantsThoughts) -> {
        visit.setHeader(ESTIMATED, "true");
        visit.send(200, Json.object().put("input_tokens", TokenEstimate.of(chat)));
      }
    }
  }

  private static Read read(Visit visit, boolean needsLimit) {
    try {
      ObjectNode body = Json.parseObject(visit.body());
      return new Read.Good(RequestReader.read(body, needsLimit), RequestReader.wantsThoughts(body));
    } catch (NotJson e) {
      return new Read.Bad(new ChatRequest.Parsed.Bad(ChatRequest.unreadable(e)));
    } catch (Untranslatable e) {
      return new Read.Bad(new ChatRequest.Parsed.Bad(e.error()));
    }
  }

  private ChatRequest.Parsed parsed(ObjectNode chat, Visit visit) {
    if (chat.path("model").isTextual()) {
      List<String> meant = names.of(chat.path("model").textValue());
      chat.put("model", meant.getFirst());
      if (meant.size() > 1 && !chat.has("models")) {
        meant.stream().skip(1).forEach(chat.putArray("models")::add);
      }
    }
    return switch (ChatRequest.parse(chat, visit::header, visit.policy().hints())) {
      case ChatRequest.Parsed.Good(var request) -> new ChatRequest.Parsed.Good(request.withMarks());
      case ChatRequest.Parsed.Bad bad -> bad;
    };
  }
}
