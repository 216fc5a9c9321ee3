package dev.flotilla.testkit;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives a parser many spoilt inputs and watches that it does what it has declared for each. The
 * same name and number always make the same input. How many there are is said by {@code
 * -Dfuzz.cases=N}; {@code -Dfuzz.only=NAME} leaves out all others, and {@code -Dfuzz.only=NAME:N}
 * repeats one case. What fails is made as small as it still fails, and shown.
 */
public final class Fuzz {
  /**
   * What a case costs the processor at most; a clock on the wall would also count our neighbours.
   */
  private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();

  private static final Duration STUCK = Duration.ofSeconds(60);
  private static final int LONGEST_INPUT = 1 << 16;
  private static final int STEPS_TO_SHRINK = 2_000;

  /** What has broken parsers before. */
  private static final List<byte[]> WORDS =
      bytes(
          "0",
          "-1",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "1e400",
          "1e-400",
          "1E9999999999",
          "0.1",
          "NaN",
          "null",
          "true",
          "[]",
          "{}",
          "\"\"",
          "[[[[[[[[[[[[[[[[",
          "{\"a\":{\"a\":{\"a\":{\"a\":",
          "\\u0000",
          "\\ud800",
          "\u0000",
          "\r\n",
          "\r",
          "\n\n",
          "\uFEFF",
          "\uD83D\uDE80",
          "\u202E",
          ":",
          ",",
          "\"",
          "}",
          "]");

  private final String name;
  private final List<byte[]> seeds;
  private final List<byte[]> words;

  /** Does what is to be held to, with one input; whatever it throws is a find. */
  @FunctionalInterface
  public interface Target {
    void accept(byte[] input) throws Exception;
  }

  private Fuzz(String name, List<byte[]> seeds, List<byte[]> words) {
    this.name = name;
    this.seeds = List.copyOf(seeds);
    this.words = List.copyOf(words);
  }

  /**
   * @param name of what is tried, one word
   * @param seeds inputs that are in order, at least one
   */
  public static Fuzz of(String name, List<String> seeds) {
    return ofBytes(name, bytes(seeds.toArray(String[]::new)));
  }

  /** The same, for inputs that are no text. */
  public static Fuzz ofBytes(String name, List<byte[]> seeds) {
    return new Fuzz(name, seeds, WORDS);
  }

  /** Puts these in as well: keys and words that mean something to the parser. */
  public Fuzz with(String... more) {
    return new Fuzz(name, seeds, Stream.concat(words.stream(), bytes(more).stream()).toList());
  }

  /**
   * Tries so many cases, or as many as {@code fuzz.cases} says.
   *
   * @throws AssertionError for the first that fails
   */
  public void run(long usually, Target target) {
    String only = System.getProperty("fuzz.only");
    if (only != null && !only.equals(name)) {
      if (only.startsWith(name + ":")) {
        check(Long.parseLong(only.substring(name.length() + 1)), target);
      }
      return;
    }
    long cases = Long.getLong("fuzz.cases", usually);
    var at = new AtomicLong(-1);
    var found = new Throwable[1];
    long start = System.nanoTime();
    Thread worker =
        Thread.ofPlatform()
            .daemon()
            .name("fuzz-" + name)
            .start(
                () -> {
                  try {
                    for (long number = 0; number < cases; number++) {
                      at.set(number);
                      check(number, target);
                    }
                  } catch (Throwable e) {
                    found[0] = e;
                  }
                });
    watch(worker, at);
    if (found[0] instanceof Error failure) {
      throw failure;
    }
    System.out.printf(
        "[fuzz] %s: %d cases in %.1f s, none failed%n",
        name, cases, (System.nanoTime() - start) / 1e9);
  }

  private void watch(Thread worker, AtomicLong at) {
    try {
      long seen = -2;
      while (!worker.join(STUCK)) {
        if (at.get() == seen) {
          var stuck = new AssertionError("case " + repeat(seen) + " does not end");
          stuck.setStackTrace(worker.getStackTrace());
          throw stuck;
        }
        seen = at.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private void check(long number, Target target) {
    byte[] input = input(number);
    Throwable failure = failure(input, target);
    if (failure != null) {
      byte[] small = shrunk(input, failure.getClass(), target);
      throw new AssertionError(
          "%s fails with %s; %d bytes are enough: %s"
              .formatted(repeat(number), failure, small.length, shown(small)),
          failure);
    }
  }

  private String repeat(long number) {
    return name + ":" + number + " (repeat it with -Dfuzz.only=" + name + ":" + number + ")";
  }

  private static @Nullable Throwable failure(byte[] input, Target target) {
    long before = cpuNanos();
    try {
      target.accept(input.clone());
      long took = cpuNanos() - before;
      return took > LONGEST_NANOS
          ? new AssertionError("took the processor " + took / 1_000_000 + " ms")
          : null;
    } catch (Throwable e) {
      return e;
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Takes away halves, quarters and so on for as long as the same kind of thing goes wrong. */
  private static byte[] shrunk(byte[] input, Class<?> kind, Target target) {
    byte[] small = input;
    int steps = 0;
    for (int size = Math.max(1, input.length / 2); size > 0; size /= 2) {
      for (int from = 0; from < small.length && steps < STEPS_TO_SHRINK; steps++) {
        byte[] without = without(small, from, Math.min(small.length, from + size));
        Throwable failure = failure(without, target);
        if (failure != null && failure.getClass() == kind) {
          small = without;
        } else {
          from += size;
        }
      }
    }
    return small;
  }

  private static String shown(byte[] input) {
    var text = new StringBuilder("\"");
    for (byte each : input) {
      if (each >= ' ' && each < 127 && each != '"' && each != '\\') {
        text.append((char) each);
      } else {
        text.append("\\x%02x".formatted(each & 0xff));
      }
      if (text.length() > 1_000) {
        return text + "…\"";
      }
    }
    return text + "\"";
  }

  /** A seed that has been spoilt one to six times; the first ones are spoilt nowhere. */
  private byte[] input(long number) {
    if (number < seeds.size()) {
      return seeds.get((int) number);
    }
    var random = new SplittableRandom(name.hashCode() * 1_000_003L + number);
    byte[] input = any(seeds, random);
    for (int times = random.nextInt(1, 7); times > 0; times--) {
      input = spoilt(input, random);
      if (input.length > LONGEST_INPUT) {
        input = Arrays.copyOf(input, LONGEST_INPUT);
      }
    }
    return input;
  }

  private byte[] spoilt(byte[] input, SplittableRandom random) {
    int from = random.nextInt(input.length + 1);
    int to = Math.min(input.length, from + random.nextInt(1 + random.nextInt(1, 64)));
    return switch (random.nextInt(12)) {
      case 0 -> {
        byte[] flipped = input.clone();
        if (flipped.length > 0) {
          flipped[Math.min(from, flipped.length - 1)] ^= (byte) (1 << random.nextInt(8));
        }
        yield flipped;
      }
      case 1 -> {
        byte[] noise = new byte[random.nextInt(1, 9)];
        random.nextBytes(noise);
        yield replaced(input, from, to, noise);
      }
      case 2 -> without(input, from, to);
      case 3 -> Arrays.copyOf(input, from);
      case 4 -> replaced(input, from, from, Arrays.copyOfRange(input, from, to));
      case 5 -> {
        byte[] other = any(seeds, random);
        int at = random.nextInt(other.length + 1);
        yield replaced(input, from, input.length, Arrays.copyOfRange(other, at, other.length));
      }
      case 6 -> replaced(input, from, from, any(words, random));
      case 7 -> number(input, from, random);
      default -> value(input, from, random);
    };
  }

  /** Another word for the number behind a place. */
  private byte[] number(byte[] input, int from, SplittableRandom random) {
    int start = from;
    while (start < input.length && !isDigit(input[start])) {
      start++;
    }
    int end = start;
    while (end < input.length && isDigit(input[end])) {
      end++;
    }
    return replaced(input, start, end, any(words, random));
  }

  /** Something else for a whole value of JSON or YAML, so that what reads it still is reached. */
  private byte[] value(byte[] input, int from, SplittableRandom random) {
    int start = from;
    while (start < input.length && input[start] != ':') {
      start++;
    }
    start = Math.min(input.length, start + 1);
    int end = start;
    int depth = 0;
    boolean quoted = false;
    for (; end < input.length; end++) {
      byte each = input[end];
      if (each == '"' && input[end - 1] != '\\') {
        quoted = !quoted;
      } else if (!quoted && (each == '{' || each == '[')) {
        depth++;
      } else if (!quoted && (each == '}' || each == ']')) {
        if (--depth < 0) {
          break;
        }
      } else if (!quoted && depth == 0 && (each == ',' || each == '\n')) {
        break;
      }
    }
    byte[] other =
        random.nextInt(3) > 0 ? any(words, random) : Arrays.copyOfRange(input, start, end);
    return replaced(input, start, random.nextBoolean() ? end : start, other);
  }

  private static boolean isDigit(byte each) {
    return each >= '0' && each <= '9';
  }

  private static byte[] without(byte[] input, int from, int to) {
    return replaced(input, from, to, new byte[0]);
  }

  private static byte[] replaced(byte[] input, int from, int to, byte[] by) {
    byte[] result = new byte[from + by.length + input.length - to];
    System.arraycopy(input, 0, result, 0, from);
    System.arraycopy(by, 0, result, from, by.length);
    System.arraycopy(input, to, result, from + by.length, input.length - to);
    return result;
  }

  private static byte[] any(List<byte[]> choices, SplittableRandom random) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static List<byte[]> bytes(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
