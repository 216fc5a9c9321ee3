package dev.flotilla.review.verification;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.http.HttpReply;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** Has commands run by a process of this service in the role of a verifier. Thread-safe. */
record Elsewhere(HttpCaller http, URI verifier, ServiceToken token) implements Workshop {
  private static final int MOST_BYTES = 1 << 20;

  @Override
  public Verified run(
      Command command, Artifact artifact, Map<String, String> given, Deadline deadline) {
    ObjectNode body = Json.object();
    body.putObject("artifact").put("type", artifact.type()).put("content", artifact.content());
    ObjectNode asked = body.putArray("verify").addObject().put("name", command.name());
    if (!given.isEmpty()) {
      ObjectNode files = asked.putObject("files");
      given.forEach(files::put);
    }
    var headers = Map.of("authorization", token.header(), FleetHeaders.DEADLINE, deadline.header());
    try (HttpReply reply =
        http.post(
            URI.create(verifier + "/internal/verifications"),
            headers,
            JsonBody.of(body),
            deadline)) {
      byte[] answer = reply.readAll(MOST_BYTES);
      if (reply.status() != 200) {
        return unknown(command, "the verifier answered with status " + reply.status());
      }
      JsonNode results = Json.parseObject(answer).path("verification");
      return VerificationJson.read(command.name(), results.path(0));
    } catch (IOException e) {
      return unknown(command, "the verifier cannot be reached or did not answer in time");
    } catch (NotJson e) {
      return unknown(command, "the verifier answered with something else than JSON");
    }
  }

  private static Verified unknown(Command command, String why) {
    return new Verified(command.name(), false, "not verified: " + why);
  }
}
