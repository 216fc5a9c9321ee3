package dev.flotilla.bench.load;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.bench.machine.Core;
import dev.flotilla.bench.machine.JavaProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Callers as a process of their own. */
public final class Callers {
  private static final JsonMapper JSON = new JsonMapper();

  private Callers() {}

  /**
   * Sends them and waits for what they saw.
   *
   * @throws IOException when they ended otherwise
   */
  public static Seen send(Order order) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Core.ofLoad()
                    .run(
                        JavaProgram.command(
                            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                            LoadGenerator.class,
                            JSON.writeValueAsString(order))))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("the callers ended with status " + status + ": " + said);
    }
    return JSON.readValue(said, Seen.class);
  }
}
