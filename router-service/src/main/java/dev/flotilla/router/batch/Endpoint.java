package dev.flotilla.router.batch;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the items of a batch are sent to. */
sealed interface Endpoint {
  /** {@code /v1/chat/completions}. */
  record Chat() implements Endpoint {
    @Override
    public String path() {
      return CHAT;
    }
  }

  /** {@code /v1/pipelines/{name}/runs}. */
  record Runs(String pipeline) implements Endpoint {
    @Override
    public String path() {
      return "/v1/pipelines/" + pipeline + "/runs";
    }
  }

  String CHAT = "/v1/chat/completions";

  /** How each may be written. */
  List<String> ALL = List.of(CHAT, "/v1/pipelines/{name}/runs");

  Pattern RUNS = Pattern.compile("/v1/pipelines/([A-Za-z0-9._-]{1,100})/runs");

  String path();

  static Optional<Endpoint> of(String path) {
    Matcher runs = RUNS.matcher(path);
    if (runs.matches()) {
      return Optional.of(new Runs(runs.group(1)));
    }
    return path.equals(CHAT) ? Optional.of(new Chat()) : Optional.empty();
  }
}
