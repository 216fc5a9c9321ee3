package dev.flotilla.tests.clients;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A program for Node.js: one process that does what it is told, line by line. */
public final class NodeProgram implements Program {
  /** Said before the outcome, when the first text of a stream has come. */
  private static final String HEARD = "\"heard\"";

  private final Door door;
  private final Path errors;
  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  /**
   * @param script its name among ours, e.g. {@code openai.mjs}
   */
  public NodeProgram(NodePackages packages, String script, Door door) {
    this.door = door;
    try {
      errors = Files.createTempFile(script, ".err");
      process =
          new ProcessBuilder("node", packages.folder().resolve(script).toString())
              .redirectError(errors.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    in = process.outputWriter(StandardCharsets.UTF_8);
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  @Override
  public Outcome play(Act act, String model, String text, Runnable heard) {
    ObjectNode told = JSON.createObjectNode().put("act", act.name());
    told.put("model", model).put("text", text);
    told.putObject("door").put("url", door.url().toString()).put("key", door.key());
    try {
      in.write(told + "\n");
      in.flush();
      String line = line();
      if (line.equals(HEARD)) {
        heard.run();
        line = line();
      }
      return JSON.readValue(line, Outcome.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new AssertionError("it ended: " + Files.readString(errors));
    }
    return line;
  }

  @Override
  public void close() {
    // It ends when there are no more lines.
    try (in;
        out) {
      process.destroy();
      Files.delete(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
