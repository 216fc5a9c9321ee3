package dev.flotilla.router.batch;

import java.util.List;
import java.util.Optional;

/** What the items of a batch are sent to. */
sealed interface Endpoint {
  /** {@code /v1/chat/completions}. */
  record Chat() implements Endpoint {
    @Override
    public String path() {
      return "/v1/chat/completions";
    }
  }

  /** How each may be written. */
  List<String> ALL = List.of("/v1/chat/completions");

  String path();

  static Optional<Endpoint> of(String path) {
    Endpoint chat = new Chat();
    return path.equals(chat.path()) ? Optional.of(chat) : Optional.empty();
  }
}
