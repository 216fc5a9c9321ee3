package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a {@link CountingUpstream} does with a request, and whether it bills for it. */
public sealed interface Behaviour {
  /** Answers, and bills. */
  record Ok() implements Behaviour {}

  /**
   * Answers with an error.
   *
   * @param retryAfter sent as {@code retry-after} in seconds; null sends none
   * @param billed whether the work was done and is charged all the same
   */
  record Status(int code, @Nullable Duration retryAfter, boolean billed) implements Behaviour {}

  /**
   * Says, for nothing and in its own words, that the request does not fit into the model's window.
   */
  record TooLong() implements Behaviour {}

  /**
   * Takes the request and never answers; ends when the upstream is closed.
   *
   * @param billed whether it is charged all the same
   */
  record Hang(boolean billed) implements Behaviour {}

  /**
   * Hangs up before a status line.
   *
   * @param billed whether it is charged all the same
   */
  record HangUp(boolean billed) implements Behaviour {}

  /**
   * A stream breaks off without usage and without {@code [DONE]}; what was generated until then is
   * billed. A plain answer breaks off in the middle of its body and is billed whole.
   *
   * @param chunks content chunks that are still sent, 0 or more
   * @param heard awaited before a stream breaks off, because who reads a connection that has broken
   *     may lose what came over it before; null when that does not matter
   */
  record Cut(int chunks, @Nullable CountDownLatch heard) implements Behaviour {}

  /**
   * Answers, slowly.
   *
   * @param beforeFirst wait before the first byte
   * @param betweenChunks wait before each further chunk of a stream
   */
  record Slow(Duration beforeFirst, Duration betweenChunks) implements Behaviour {}

  /** Status 200 and bills, but what it sends is not JSON. */
  record BadJson() implements Behaviour {}

  /**
   * Answers with this message of the assistant instead of invented words, and bills as for those. A
   * stream carries its thoughts, its content and, where the dialect can, the arguments of each tool
   * call in several pieces.
   *
   * @param message {@code reasoning_content}, {@code content} and {@code tool_calls} as OpenAI and
   *     its followers write them, in whatever dialect they are said; nobody changes it
   */
  record Says(ObjectNode message) implements Behaviour {}

  /**
   * Answers each request with its own text, and bills as for invented words.
   *
   * @param answers from a request's body as it came; called by several threads at once
   */
  record Replays(UnaryOperator<String> answers) implements Behaviour {}

  /**
   * Answers with this text, and bills as for invented words. Whoever asks for logprobs of OpenAI's
   * dialect is told this one for each of four tokens.
   *
   * @param logprob at most 0
   */
  record Surely(String content, double logprob) implements Behaviour {}

  /** Begins an answer with this text; then its filter ends it, as each dialect says that. */
  record Filtered(String text) implements Behaviour {}

  /**
   * Answers with what it finds of pictures in the request, see {@link CountingUpstream#picture}.
   */
  record Looks() implements Behaviour {}

  static Behaviour ok() {
    return new Ok();
  }

  /** An error that costs nothing. */
  static Behaviour status(int code) {
    return new Status(code, null, false);
  }

  /** 429 that costs nothing. */
  static Behaviour rateLimited(Duration retryAfter) {
    return new Status(429, retryAfter, false);
  }

  static Behaviour tooLong() {
    return new TooLong();
  }

  static Behaviour hang() {
    return new Hang(false);
  }

  static Behaviour hangUp() {
    return new HangUp(false);
  }

  static Behaviour cutAfter(int chunks) {
    return new Cut(chunks, null);
  }

  /** Breaks off after so many chunks, as soon as a test says that the caller has heard them. */
  static Behaviour cutWhenHeard(int chunks, CountDownLatch heard) {
    return new Cut(chunks, heard);
  }

  static Behaviour slow(Duration beforeFirst, Duration betweenChunks) {
    return new Slow(beforeFirst, betweenChunks);
  }

  static Behaviour badJson() {
    return new BadJson();
  }

  static Behaviour filteredAfter(String text) {
    return new Filtered(text);
  }

  static Behaviour looks() {
    return new Looks();
  }

  /** Answers with this text, and says how sure it is to whoever asks. */
  static Behaviour surely(String content, double logprob) {
    return new Surely(content, logprob);
  }

  /** Answers with this text. */
  static Behaviour says(String content) {
    return new Says(JsonNodeFactory.instance.objectNode().put("content", content));
  }

  static Behaviour replays(UnaryOperator<String> answers) {
    return new Replays(answers);
  }
}
