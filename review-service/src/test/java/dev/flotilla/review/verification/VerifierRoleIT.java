package dev.flotilla.review.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.testkit.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same jar in the role of a verifier, as a process of its own, asked as review-service asks.
 */
class VerifierRoleIT {
  private static final String TOKEN = "a-token-for-tests-only";
  private static final String TOOL =
      "commands: {greets: {run: [[grep, hello, a.txt]], artifact: a.txt}}";

  @TempDir Path folder;

  @Test
  void it_runs_commands_for_another_process_and_has_no_other_door() throws Exception {
    Files.writeString(folder.resolve("verifiers.yaml"), TOOL);
    int port = FreePort.next();
    Process verifier = start(List.of(), port);
    try (var output = verifier.inputReader();
        var client = HttpClient.newHttpClient();
        var caller = new HttpCaller(Duration.ofSeconds(2))) {
      String line = output.readLine();
      while (line != null && !line.contains("Started all channels")) {
        line = output.readLine();
      }
      Thread.ofVirtual().start(() -> output.lines().forEach(each -> {}));
      var here = URI.create("http://127.0.0.1:" + port);
      var verifiers =
          Verifiers.withCommandsElsewhere(folder, caller, here, new ServiceToken(TOKEN));

      Verified greeting = verify(verifiers, "hello there");
      assertEquals(new Verified("greets", true, "hello there"), greeting);
      Verified other = verify(verifiers, "good bye");
      assertFalse(other.passed());
      assertEquals("grep hello a.txt ended with status 1\n", other.detail());

      assertEquals(404, status(client, here + "/v1/reviews", TOKEN));
      assertEquals(404, status(client, here + "/v1/decisions", TOKEN));
      assertEquals(401, status(client, here + "/internal/verifications", "another-token-here"));

      verifier.destroyForcibly().waitFor();
      Verified away = verify(verifiers, "hello there");
      assertFalse(away.passed());
      assertTrue(away.detail().startsWith("not verified: the verifier cannot be"), away.detail());
    } finally {
      verifier.destroyForcibly().waitFor();
    }
  }

  @Test
  void it_does_not_start_where_its_sandbox_does_not_hold() throws Exception {
    Files.writeString(folder.resolve("verifiers.yaml"), TOOL);
    Process verifier =
        start(
            List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "sh",
                "-c",
                "echo 0 >/proc/sys/user/max_user_namespaces; exec \"$0\" \"$@\""),
            FreePort.next());
    String said = new String(verifier.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(verifier.waitFor(60, TimeUnit.SECONDS));
    assertEquals(2, verifier.exitValue(), said);
    assertTrue(said.contains("Not started: Commands cannot verify anything here"), said);
  }

  private static Verified verify(Verifiers verifiers, String content) throws Exception {
    return Verification.of(
            verifiers.asked(Json.parse("[\"greets\"]")),
            new Artifact("text", content),
            Deadline.in(Duration.ofSeconds(60)))
        .results()
        .getFirst();
  }

  private static int status(HttpClient client, String address, String token) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(address))
                .header("authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private Process start(List<String> in, int port) throws IOException {
    var command = new ArrayList<>(in);
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.flotilla.kit.start.ServiceMain"));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "FLOTILLA_REVIEW_ROLE",
                "verifier",
                "FLOTILLA_SERVICE_TOKEN",
                TOKEN,
                "FLOTILLA_CONFIG_DIR",
                folder.toString(),
                "SERVER_PORT",
                "" + port,
                "SERVER_HOST",
                "127.0.0.1",
                "SERVER_SOCKETS_0_PORT",
                "0"));
    return builder.start();
  }
}
