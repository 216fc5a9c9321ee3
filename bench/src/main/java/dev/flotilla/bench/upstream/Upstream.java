package dev.flotilla.bench.upstream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/**
 * OpenAI's chat completions, plain and streamed, without a model: a process of its own, so that its
 * CPU is not the fleet's. {@code GET /pace/LATENCY-CHUNKS-GAP} sets the pace of what comes after,
 * {@code GET /asked} says how many answers were wanted so far. Every chunk carries the time it was
 * sent, by the clock all processes of a machine share.
 */
public final class Upstream {
  private static final byte[] STREAM = "\"stream\":true".getBytes(StandardCharsets.ISO_8859_1);
  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":50,\"completion_tokens\":20,\"total_tokens\":70}";
  private static final byte[] WHOLE =
      answer(
          "application/json",
          "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1767225600,\"model\":\"gpt-mock\","
              + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"This is an answer"
              + " of some twenty tokens, so that it has about the length of a short one.\"},\"finish_reason\":\"stop\"}],"
              + USAGE
              + "}");

  private final LongAdder answersWanted = new LongAdder();
  private volatile Pace pace = Pace.AT_ONCE;

  private Upstream() {}

  /** Takes the port; prints a line when it listens. */
  public static void main(String[] words) throws IOException {
    new Upstream().serve(Integer.parseInt(words[0]));
  }

  private void serve(int port) throws IOException {
    try (var server = new ServerSocket()) {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4_096);
      System.out.println("listening");
      while (true) {
        Socket caller = server.accept();
        Thread.startVirtualThread(() -> answerAll(caller));
      }
    }
  }

  private void answerAll(Socket caller) {
    try (caller) {
      caller.setTcpNoDelay(true);
      var in = new BufferedInputStream(caller.getInputStream(), 16_384);
      OutputStream out = caller.getOutputStream();
      for (String asked = line(in); !asked.isEmpty(); asked = line(in)) {
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
            length = Integer.parseInt(header.substring(15).strip());
          }
        }
        answer(asked.split(" ")[1], in.readNBytes(length), out);
      }
    } catch (IOException | UncheckedIOException callerLeft) {
      // Its own business.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(String path, byte[] body, OutputStream out)
      throws IOException, InterruptedException {
    if (path.startsWith("/pace/")) {
      pace = Pace.parse(path.substring("/pace/".length()));
      out.write(answer("text/plain", "ok"));
    } else if (path.equals("/asked")) {
      out.write(answer("text/plain", answersWanted.toString()));
    } else {
      answersWanted.increment();
      Pace now = pace;
      Thread.sleep(now.latencyMs());
      if (contains(body, STREAM)) {
        stream(now, out);
      } else {
        out.write(WHOLE);
      }
    }
  }

  private static void stream(Pace pace, OutputStream out) throws IOException, InterruptedException {
    out.write(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    long start = System.nanoTime();
    for (int at = 0; at < pace.chunks(); at++) {
      if (at > 0) {
        long due = start + 1_000_000L * at * pace.gapMs();
        Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
      }
      chunk(
          out,
          "{\"index\":0,\"delta\":{\"content\":\"t="
              + System.nanoTime()
              + " \"},\"finish_reason\":null}",
          "");
    }
    chunk(out, "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}", "");
    chunk(out, "", "," + USAGE);
    event(out, "[DONE]");
    out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void chunk(OutputStream out, String choice, String rest) throws IOException {
    event(
        out,
        "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1767225600,\"model\":\"gpt-mock\",\"choices\":["
            + choice
            + "]"
            + rest
            + "}");
  }

  private static void event(OutputStream out, String data) throws IOException {
    String event = "data: " + data + "\n\n";
    out.write(
        (Integer.toHexString(event.length()) + "\r\n" + event + "\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] answer(String type, String body) {
    return ("HTTP/1.1 200 OK\r\ncontent-type: "
            + type
            + "\r\ncontent-length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Without the end of the line; empty also at the end of the connection. */
  private static String line(BufferedInputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  private static boolean contains(byte[] body, byte[] word) {
    outer:
    for (int at = body.length - word.length; at >= 0; at--) {
      for (int i = 0; i < word.length; i++) {
        if (body[at + i] != word[i]) {
          continue outer;
        }
      }
      return true;
    }
    return false;
  }
}
