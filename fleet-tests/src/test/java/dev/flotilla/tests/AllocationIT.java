package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a long prompt costs in memory on its way through: it comes out of the socket, is held once,
 * and is sent on from there. In the router a reader that is patient for us stands between socket
 * and server and takes one more; a prompt that is classified becomes a text, too.
 */
@ExtendWith(SharedFleet.class)
class AllocationIT {
  private static final int LONG = 256 << 10;
  private static final int SHORT = 1 << 10;
  private static final int REQUESTS = 150;

  private static final Pattern ALLOCATED = Pattern.compile(" allocated=(\\d+)([BKMG]) ");
  private static final Map<String, Long> UNITS =
      Map.of("B", 1L, "K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  @AfterAll
  static void end() {
    HTTP.close();
  }

  @Test
  @FaultRow(row = 47, fault = "long prompts, in bytes allocated for each of theirs")
  void a_long_prompt_is_held_once_and_sent_on_from_there(FleetUnderTest fleet) throws Exception {
    fleet.alpha.always(Behaviour.ok());
    // What is compiled and cached by then is not counted.
    ask(fleet, "alpha/m", LONG);
    ask(fleet, "alpha/m", SHORT);
    double router = perByte(fleet, Service.ROUTER, "alpha/m");
    double provider = perByte(fleet, Service.PROVIDER, "alpha/m");
    double classifying = perByte(fleet, Service.ROUTER, "auto");
    System.out.printf(
        "bytes allocated for a byte of a prompt: router %.2f, provider %.2f, router when it classifies %.2f%n",
        router, provider, classifying);
    assertTrue(router < 3.5, "router: " + router);
    assertTrue(provider < 2.5, "provider: " + provider);
    assertTrue(classifying < 6, "router when it classifies: " + classifying);
  }

  private static double perByte(FleetUnderTest fleet, Service service, String model)
      throws Exception {
    long pid = fleet.fleet.pid(service);
    double start = allocated(pid);
    ask(fleet, model, SHORT);
    double between = allocated(pid);
    ask(fleet, model, LONG);
    double end = allocated(pid);
    return ((end - between) - (between - start)) / REQUESTS / (LONG - SHORT);
  }

  private static void ask(FleetUnderTest fleet, String model, int bytes) throws Exception {
    for (int i = 0; i < REQUESTS; i++) {
      String prompt =
          "Say yes, number " + NUMBER.incrementAndGet() + ". " + "word ".repeat(bytes / 5);
      var answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(fleet.fleet.url() + "/v1/chat/completions"))
                  .header("authorization", "Bearer " + FleetUnderTest.KEY)
                  .header("content-type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                              .formatted(model, prompt)))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  /**
   * Bytes, by all threads that live; requests are answered by threads that do. The JVM rounds what
   * it says of one thread to a megabyte.
   */
  private static double allocated(long pid) throws IOException, InterruptedException {
    var jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "Thread.print",
                "-e")
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, jcmd.waitFor(), said);
    double sum = 0;
    Matcher thread = ALLOCATED.matcher(said);
    while (thread.find()) {
      sum += Long.parseLong(thread.group(1)) * (double) UNITS.get(thread.group(2));
    }
    assertTrue(sum > 0, said);
    return sum;
  }
}
