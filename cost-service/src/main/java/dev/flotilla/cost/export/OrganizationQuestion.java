package dev.flotilla.cost.export;

import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a collector of OpenAI's reports asks for, in OpenAI's words.
 *
 * @param from start of the page's first bucket
 * @param to end of the whole range
 * @param width an hour or a day
 * @param limit buckets per page
 * @param groups our column behind each word of {@code group_by}
 * @param explain whether each figure comes with the statement that recomputes it
 */
record OrganizationQuestion(
    Instant from,
    Instant to,
    Duration width,
    int limit,
    Map<String, String> groups,
    boolean explain) {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final String PAGE = "page_";

  /** Our columns by OpenAI's words. */
  static final Map<String, String> COSTS =
      Map.of("project_id", "project", "line_item", "model", "api_key_id", "key_id");

  static final Map<String, String> COMPLETIONS =
      Map.of("project_id", "project", "model", "model", "api_key_id", "key_id");

  /**
   * @param given parameters as they came
   * @param columns {@link #COSTS} or {@link #COMPLETIONS}
   */
  static OrganizationQuestion read(
      Map<String, List<String>> given, Map<String, String> columns, boolean hours, Clock clock) {
    for (String name : given.keySet()) {
      if (!List.of(
              "start_time",
              "end_time",
              "bucket_width",
              "group_by",
              "group_by[]",
              "limit",
              "page",
              "explain")
          .contains(name)) {
        throw wrong(
            name,
            "There is no parameter '"
                + name
                + "' here; known are start_time, end_time, bucket_width, group_by, limit, page and explain.");
      }
    }
    Duration width = width(one(given, "bucket_width", "1d"), hours);
    Instant start = floor(Instant.ofEpochSecond(seconds(given, "start_time", -1)), width);
    Instant end =
        Instant.ofEpochSecond(seconds(given, "end_time", clock.instant().getEpochSecond()));
    if (!start.isBefore(end)) {
      throw wrong("start_time", "start_time must be before end_time.");
    }
    long skipped = 0;
    String page = one(given, "page", "");
    if (!page.isEmpty()) {
      Instant next = page.startsWith(PAGE) ? moment(page.substring(PAGE.length())) : start;
      skipped = Duration.between(start, next).dividedBy(width);
      if (skipped <= 0 || !next.isBefore(end)) {
        throw wrong(
            "page", "page must be the next_page of the answer before, with the same range.");
      }
    }
    return new OrganizationQuestion(
        start.plus(width.multipliedBy(skipped)),
        end,
        width,
        limit(given, width),
        groups(given, columns),
        explain(one(given, "explain", "false")));
  }

  private static boolean explain(String word) {
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong("explain", "explain must be true or false.");
    };
  }

  private static Duration width(String word, boolean hours) {
    if (word.equals("1d")) {
      return DAY;
    }
    if (hours && word.equals("1h")) {
      return HOUR;
    }
    throw wrong("bucket_width", "bucket_width must be 1d" + (hours ? " or 1h." : "."));
  }

  Instant start(int bucket) {
    return from.plus(width.multipliedBy(bucket));
  }

  /** First moment after the page. */
  Instant end() {
    return start(limit).isBefore(to) ? start(limit) : to;
  }

  static String nextPage(Instant start) {
    return PAGE + start.getEpochSecond();
  }

  private static Map<String, String> groups(
      Map<String, List<String>> given, Map<String, String> columns) {
    List<String> words = new ArrayList<>();
    for (String name : List.of("group_by", "group_by[]")) {
      given
          .getOrDefault(name, List.of())
          .forEach(v -> words.addAll(Arrays.asList(v.split(",", -1))));
    }
    Map<String, String> groups = new LinkedHashMap<>();
    for (String word : words) {
      String column = columns.get(word);
      if (column == null) {
        throw wrong(
            "group_by",
            "group_by names '"
                + word
                + "'; write "
                + String.join(", ", columns.keySet().stream().sorted().toList())
                + ".");
      }
      groups.put(word, column);
    }
    return groups;
  }

  private static int limit(Map<String, List<String>> given, Duration width) {
    int most = width.equals(HOUR) ? 168 : 180;
    String text = one(given, "limit", width.equals(HOUR) ? "24" : "7");
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= most) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw wrong("limit", "limit must be a number from 1 to " + most + ".");
    }
    throw wrong("limit", "limit must be a number from 1 to " + most + ".");
  }

  private static long seconds(Map<String, List<String>> given, String name, long otherwise) {
    String text = one(given, name, "");
    if (text.isEmpty() && otherwise >= 0) {
      return otherwise;
    }
    return moment(text).getEpochSecond();
  }

  private static Instant moment(String text) {
    try {
      long seconds = Long.parseLong(text);
      // The year 2200.
      if (seconds >= 0 && seconds < 7_258_118_400L) {
        return Instant.ofEpochSecond(seconds);
      }
    } catch (NumberFormatException e) {
      throw wrong("start_time", "times are unix seconds; start_time is required.");
    }
    throw wrong("start_time", "times are unix seconds; start_time is required.");
  }

  private static Instant floor(Instant moment, Duration width) {
    long seconds = moment.getEpochSecond();
    return Instant.ofEpochSecond(seconds - seconds % width.toSeconds());
  }

  private static String one(Map<String, List<String>> given, String name, String otherwise) {
    List<String> values = given.getOrDefault(name, List.of());
    return values.isEmpty() ? otherwise : values.getFirst();
  }

  private static ProblemException wrong(String param, String detail) {
    return new ProblemException(Problem.invalid("invalid_" + param, detail, param));
  }
}
