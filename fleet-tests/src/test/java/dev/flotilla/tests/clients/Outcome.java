package dev.flotilla.tests.clients;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a program saw.
 *
 * @param text of the last answer, or as much as came of it
 * @param calls of tools, in the first answer
 * @param finish why the first answer ended, in the client library's own word; null when it did not
 * @param pieces in how many pieces text and arguments of the first answer came; 1 when it was whole
 * @param prompt input tokens of the last answer, cached ones included; 0 when not said
 * @param completion output tokens of the last answer; 0 when not said
 * @param model of the last answer; null when there was none
 * @param trouble what the library threw; null when it threw nothing
 */
public record Outcome(
    String text,
    List<Call> calls,
    @Nullable String finish,
    int pieces,
    long prompt,
    long completion,
    @Nullable String model,
    @Nullable Trouble trouble) {

  /**
   * A call of a tool.
   *
   * @param arguments as JSON, without blanks
   */
  public record Call(String id, String name, String arguments) {}

  /**
   * What a library threw.
   *
   * @param thrown simple name of its class
   * @param status 0 when the library does not say
   * @param type as the body says it; null when the library does not show it
   * @param code as the body says it; null when the library does not show it
   */
  public record Trouble(String thrown, int status, @Nullable String type, @Nullable String code) {}

  /** This one, with its calls, and what came of it when they were answered. */
  Outcome then(Outcome last) {
    return new Outcome(
        last.text(),
        calls,
        finish,
        pieces,
        last.prompt(),
        last.completion(),
        last.model(),
        last.trouble());
  }

  Outcome withText(String other) {
    return new Outcome(other, calls, finish, pieces, prompt, completion, model, trouble);
  }

  /** Nothing but trouble, after as much text as came. */
  static Outcome failed(String text, Trouble trouble) {
    return new Outcome(text, List.of(), null, 0, 0, 0, null, trouble);
  }
}
