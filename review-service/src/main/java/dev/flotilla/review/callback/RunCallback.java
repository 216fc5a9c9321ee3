package dev.flotilla.review.callback;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.http.HttpReply;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.review.people.Waker;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Posts to the configured address. Thread-safe. */
public final class RunCallback implements Waker {
  private static final System.Logger LOG = System.getLogger(RunCallback.class.getName());
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 64 << 10;

  private final HttpCaller http;
  private final String address;
  private final ServiceToken token;

  /**
   * @param address with {@code {run_id}} in its path
   */
  public RunCallback(HttpCaller http, String address, ServiceToken token) {
    this.http = http;
    this.address = address;
    this.token = token;
  }

  @Override
  public boolean wake(String runId, String questionId) {
    URI to = URI.create(address.replace("{run_id}", runId));
    var body = JsonBody.of(Json.object().put("run_id", runId).put("decision_id", questionId));
    try (HttpReply reply =
        http.post(to, Map.of("authorization", token.header()), body, Deadline.in(PATIENCE))) {
      reply.readAll(MOST_BYTES);
      int status = reply.status();
      // 404 and 410: whoever waited has ended.
      if (status / 100 == 2 || status == 404 || status == 410) {
        return true;
      }
      LOG.log(Level.WARNING, "run {0} was not woken: status {1}", runId, status);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "run {0} was not woken: {1}", runId, e.getMessage());
    }
    return false;
  }
}
