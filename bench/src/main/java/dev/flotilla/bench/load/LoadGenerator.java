package dev.flotilla.bench.load;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * The callers of one benchmark sample: a process of its own, so that its pauses and its CPU are not
 * those of what it measures. Takes an {@link Order} and prints what was {@link Seen}, both as JSON.
 */
public final class LoadGenerator {
  private static final JsonMapper JSON = new JsonMapper();
  private static final long PATIENCE_S = 120;

  /** What SDKs wait at least; who asks again at once keeps the other side from recovering. */
  private static final long WAIT_AFTER_REFUSAL_NS = 1_000_000_000;

  private final Order order;
  private final URI address;
  private final Requests requests;
  private final ConcurrentLinkedDeque<Exchange> idle = new ConcurrentLinkedDeque<>();
  private final ConcurrentHashMap<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final Recorder answers = new Recorder(3);
  private final Recorder firstChunks = new Recorder(3);
  private final Recorder chunkDelays = new Recorder(3);
  private final AtomicLong sent = new AtomicLong();
  private final LongAdder answered = new LongAdder();
  private final LongAdder chunks = new LongAdder();
  private long countFrom;
  private long countUntil;

  private LoadGenerator(Order order) {
    this.order = order;
    this.address = URI.create(order.url());
    this.requests = new Requests(order);
  }

  /** Takes an {@link Order}. */
  public static void main(String[] words) throws IOException, InterruptedException {
    Thread.ofPlatform().daemon().name("parent-watch").start(LoadGenerator::endWithParent);
    var generator = new LoadGenerator(JSON.readValue(words[0], Order.class));
    System.out.println(JSON.writeValueAsString(generator.run()));
  }

  /** Whoever started it holds the other end of its input, and nothing is ever written there. */
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nobody has anything to say.
      }
    } catch (IOException e) {
      // The same: nobody is there.
    }
    Runtime.getRuntime().halt(1);
  }

  private Seen run() throws InterruptedException {
    long start = System.nanoTime() + 50_000_000;
    countFrom = start + order.warmSeconds() * 1_000_000_000L;
    countUntil = countFrom + order.seconds() * 1_000_000_000L;
    switch (order.workload()) {
      case Workload.ClosedLoop(int callers, int most) ->
          together(start, callers, 0, () -> askAgainAndAgain(most));
      case Workload.OpenLoop(int perSecond) -> askAtTheirTimes(start, perSecond);
      case Workload.Streams(int atOnce, int chunksOfEach, int overMillis) ->
          together(start, atOnce, overMillis, () -> streamAgainAndAgain(chunksOfEach));
    }
    double counted = (Math.min(System.nanoTime(), countUntil) - countFrom) / 1e9;
    var byKind = new TreeMap<String, Long>();
    failures.forEach((kind, number) -> byKind.put(kind, number.sum()));
    return new Seen(
        sent.get(),
        counted,
        answered.sum(),
        chunks.sum(),
        Map.copyOf(byKind),
        Quantiles.of(answers.getIntervalHistogram()),
        Quantiles.of(firstChunks.getIntervalHistogram()),
        Quantiles.of(chunkDelays.getIntervalHistogram()));
  }

  private void together(long start, int callers, int overMillis, Runnable each)
      throws InterruptedException {
    var done = new CountDownLatch(callers);
    for (int at = 0; at < callers; at++) {
      long begins = start + at * (overMillis * 1_000_000L / callers);
      Thread.startVirtualThread(
          () -> {
            try {
              park(begins);
              each.run();
            } finally {
              done.countDown();
            }
          });
    }
    long patience = countUntil - System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    if (!done.await(patience, TimeUnit.NANOSECONDS)) {
      failed("unfinished", done.getCount());
    }
  }

  private void askAgainAndAgain(int most) {
    while (System.nanoTime() < countUntil && (most == 0 || sent.get() < most)) {
      ask(System.nanoTime());
    }
  }

  private void askAtTheirTimes(long start, int perSecond) throws InterruptedException {
    var underway = new Phaser(1);
    long step = 1_000_000_000L / perSecond;
    for (long due = start; due < countUntil; due += step) {
      park(due);
      long dueNow = due;
      underway.register();
      Thread.startVirtualThread(
          () -> {
            try {
              ask(dueNow);
            } finally {
              underway.arriveAndDeregister();
            }
          });
    }
    try {
      underway.awaitAdvanceInterruptibly(underway.arrive(), PATIENCE_S, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      failed("unfinished", underway.getUnarrivedParties());
    }
  }

  private void streamAgainAndAgain(int chunksOfEach) {
    while (System.nanoTime() < countUntil) {
      if (!stream(chunksOfEach)) {
        park(System.nanoTime() + WAIT_AFTER_REFUSAL_NS);
      }
    }
  }

  private void ask(long due) {
    sent.incrementAndGet();
    @Nullable Exchange exchange = null;
    try {
      exchange = connected();
      int status = exchange.ask(requests.next());
      if (status != 200) {
        failed(refusal(status, exchange), 1);
        giveBack(exchange);
        return;
      }
      exchange.drain();
      long now = System.nanoTime();
      if (due >= countFrom && now <= countUntil) {
        answered.increment();
        answers.recordValue(micros(now - due));
      }
      giveBack(exchange);
    } catch (IOException | RuntimeException e) {
      failed(String.valueOf(e.getMessage()), 1);
      close(exchange);
    }
  }

  /** Whether it was whole. */
  private boolean stream(int wanted) {
    sent.incrementAndGet();
    @Nullable Exchange exchange = null;
    int got = 0;
    boolean finished = false;
    try {
      exchange = connected();
      long began = System.nanoTime();
      int status = exchange.ask(requests.next());
      if (status != 200) {
        failed(refusal(status, exchange), 1);
        giveBack(exchange);
        return false;
      }
      for (String line = exchange.answerLine(); line != null; line = exchange.answerLine()) {
        long now = System.nanoTime();
        finished |= line.equals("data: [DONE]");
        int mark = line.indexOf("\"t=");
        if (mark < 0) {
          continue;
        }
        if (got++ == 0 && began >= countFrom) {
          firstChunks.recordValue(micros(now - began));
        }
        chunks.increment();
        if (now >= countFrom && now <= countUntil) {
          long sentAt = Long.parseLong(line.substring(mark + 3, line.indexOf(' ', mark)));
          chunkDelays.recordValue(micros(now - sentAt));
        }
      }
      boolean whole = got == wanted && finished;
      if (!whole) {
        failed("stream with " + got + " of " + wanted + " chunks", 1);
      } else if (began >= countFrom) {
        answered.increment();
      }
      giveBack(exchange);
      return whole;
    } catch (IOException | RuntimeException e) {
      failed(e.getMessage() + " after " + got + " chunks", 1);
      close(exchange);
      return false;
    }
  }

  /** The status, and the code of an error in OpenAI's shape. */
  private static String refusal(int status, Exchange exchange) throws IOException {
    String said = exchange.rest();
    String code = said.replaceFirst("(?s).*\"code\"\\s*:\\s*\"([a-z_]+)\".*", "$1");
    return "status " + status + (code.equals(said) ? "" : " " + code);
  }

  private Exchange connected() throws IOException {
    Exchange kept = idle.pollFirst();
    if (kept != null && kept.fresh()) {
      return kept;
    }
    close(kept);
    return new Exchange(address);
  }

  private void giveBack(Exchange exchange) {
    if (exchange.reusable()) {
      idle.addFirst(exchange);
    } else {
      exchange.close();
    }
  }

  private static void close(@Nullable Exchange exchange) {
    if (exchange != null) {
      exchange.close();
    }
  }

  private void failed(String kind, long number) {
    failures.computeIfAbsent(kind, k -> new LongAdder()).add(number);
  }

  private static void park(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static long micros(long nanos) {
    return Math.max(0, nanos / 1_000);
  }
}
