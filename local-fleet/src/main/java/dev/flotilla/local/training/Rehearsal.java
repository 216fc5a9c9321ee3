package dev.flotilla.local.training;

import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * A few requests, so that the classes of the usual path are among what is learned. Whether they are
 * answered well is of no interest here.
 */
public final class Rehearsal {
  private final LocalFleet fleet;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public Rehearsal(LocalFleet fleet) {
    this.fleet = fleet;
  }

  public void play() throws IOException, InterruptedException {
    for (var take = 0; take < 4; take++) {
      chat(take % 2 == 1, "the ship sails at dawn (" + take + ")");
    }
    get(fleet.url().resolve("/v1/models"));
    get(fleet.url().resolve("/v1/costs?group_by=model&include_simulated=true"));
    for (var service : Service.values()) {
      get(fleet.opsUrl(service).resolve("/metrics"));
    }
  }

  private void chat(boolean stream, String text) throws IOException, InterruptedException {
    send(
        to(fleet.url().resolve("/v1/chat/completions"))
            .header("content-type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"model":"auto","stream":%s,"messages":[{"role":"user","content":"Translate to French: %s"}]}
                    """
                        .formatted(stream, text))));
  }

  private void get(URI address) throws IOException, InterruptedException {
    send(to(address));
  }

  private static HttpRequest.Builder to(URI address) {
    return HttpRequest.newBuilder(address)
        .timeout(Duration.ofMinutes(2))
        .header("authorization", "Bearer sk-local");
  }

  private void send(HttpRequest.Builder request) throws IOException, InterruptedException {
    http.send(request.build(), HttpResponse.BodyHandlers.discarding());
  }
}
