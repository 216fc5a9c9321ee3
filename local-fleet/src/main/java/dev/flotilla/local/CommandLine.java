package dev.flotilla.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was typed.
 *
 * @param trace with the trace viewer; for {@code up} and {@code demo}
 * @param data the prompts to send or to learn from, or a folder with price lists; only for {@code
 *     prompts}, {@code prices}, {@code train} and {@code eval}
 * @param out the file to write; only for {@code train gain}
 * @param subject the id of a request or a trace, or what to do with prices or pipelines, or what to
 *     train or judge, or a folder with backups; only for {@code trace}, {@code prices}, {@code
 *     pipeline}, {@code train}, {@code eval}, {@code backup} and {@code restore}
 * @param files pipelines to look at; only for {@code pipeline}
 * @param input what a run would get, as JSON; only for {@code pipeline}
 * @param numbers by option: {@code --target}, {@code --cost-goal}, {@code --cheap-cost}, {@code
 *     --seeds}; only for {@code eval replay}
 * @param base an image to build on; only for {@code images}
 * @param check whether slow starts are a failure; only for {@code images}
 * @param chart whether the chart's pods are played instead; only for {@code images}
 */
record CommandLine(
    String command,
    Path state,
    int portBase,
    boolean json,
    boolean foreground,
    boolean trace,
    @Nullable Path data,
    @Nullable Path out,
    @Nullable String subject,
    List<Path> files,
    @Nullable String input,
    Map<String, Double> numbers,
    @Nullable String base,
    boolean check,
    boolean chart) {
  private static final Set<String> WITH_SUBJECT =
      Set.of("trace", "prices", "pipeline", "train", "eval", "backup", "restore");

  CommandLine {
    files = List.copyOf(files);
    numbers = Map.copyOf(numbers);
  }

  /** What was typed makes no sense; the message says what would. */
  static final class WrongUsage extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongUsage(String message) {
      super(message);
    }
  }

  static CommandLine parse(List<String> words, Path tree) {
    if (words.isEmpty()) {
      throw new WrongUsage("Say what to do; ./fleet help lists the commands");
    }
    var state = tree.resolve(".flotilla");
    var portBase = 8080;
    var json = false;
    var foreground = false;
    var trace = false;
    @Nullable Path data = null;
    @Nullable Path out = null;
    @Nullable String subject = null;
    var files = new ArrayList<Path>();
    @Nullable String input = null;
    var numbers = new HashMap<String, Double>();
    @Nullable String base = null;
    var check = false;
    var chart = false;
    var rest = words.subList(1, words.size()).iterator();
    while (rest.hasNext()) {
      var option = rest.next();
      switch (option) {
        case "--json" -> json = true;
        case "--foreground" -> foreground = true;
        case "--trace" -> trace = true;
        case "--state" -> state = Path.of(valueOf(option, rest.hasNext() ? rest.next() : null));
        case "--data" -> data = Path.of(valueOf(option, rest.hasNext() ? rest.next() : null));
        case "--out" -> out = Path.of(valueOf(option, rest.hasNext() ? rest.next() : null));
        case "--base" -> base = valueOf(option, rest.hasNext() ? rest.next() : null);
        case "--check" -> check = true;
        case "--chart" -> chart = true;
        case "--input" -> input = valueOf(option, rest.hasNext() ? rest.next() : null);
        case "--port-base" -> portBase = port(valueOf(option, rest.hasNext() ? rest.next() : null));
        case "--target", "--cost-goal", "--cheap-cost", "--seeds" ->
            numbers.put(option, number(option, rest.hasNext() ? rest.next() : null));
        default -> {
          boolean isFile = words.getFirst().equals("pipeline") && subject != null;
          if (!WITH_SUBJECT.contains(words.getFirst())
              || option.startsWith("-")
              || (subject != null && !isFile)) {
            throw new WrongUsage(
                "./fleet " + words.getFirst() + " does not know " + option + "; see ./fleet help");
          }
          if (isFile) {
            files.add(Path.of(option));
          } else {
            subject = option;
          }
        }
      }
    }
    if (!numbers.isEmpty() && !(words.getFirst().equals("eval") && "replay".equals(subject))) {
      throw new WrongUsage(
          numbers.keySet() + " are for ./fleet eval replay only; see ./fleet help");
    }
    if ((base != null || check || chart) && !words.getFirst().equals("images")) {
      throw new WrongUsage(
          (chart ? "--chart" : check ? "--check" : "--base")
              + " is for ./fleet images only; see ./fleet help");
    }
    if (check && chart) {
      throw new WrongUsage(
          "--check is about images that start alone, and --chart about pods; write"
              + " ./fleet images --check, or ./fleet images --chart");
    }
    return new CommandLine(
        words.getFirst(),
        state,
        portBase,
        json,
        foreground,
        trace,
        data,
        out,
        subject,
        files,
        input,
        numbers,
        base,
        check,
        chart);
  }

  private static String valueOf(String option, @Nullable String value) {
    if (value == null) {
      throw new WrongUsage(
          option
              + " needs a value, for example "
              + switch (option) {
                case "--port-base" -> "9080";
                case "--base" -> "debian:13-slim";
                default -> "a path";
              });
    }
    return value;
  }

  private static double number(String option, @Nullable String value) {
    String example =
        switch (option) {
          case "--target" -> "0.97";
          case "--cost-goal" -> "0.75";
          case "--cheap-cost" -> "0.01";
          default -> "10";
        };
    try {
      double number = value == null ? -1 : Double.parseDouble(value);
      boolean whole = option.equals("--seeds");
      if (whole ? number >= 1 && number <= 1_000 && number == Math.rint(number) : isShare(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, together with numbers out of range.
    }
    throw new WrongUsage(
        option
            + " is "
            + value
            + ", but must be a "
            + (option.equals("--seeds") ? "whole number from 1 to 1000" : "number from 0 to 1")
            + "; try "
            + example);
  }

  private static boolean isShare(double number) {
    return number >= 0 && number <= 1;
  }

  private static int port(String text) {
    try {
      var port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_000) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, together with numbers that are no ports.
    }
    throw new WrongUsage(
        "--port-base is " + text + ", but must be a number from 1 to 65000; try 9080");
  }
}
