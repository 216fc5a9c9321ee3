package dev.flotilla.cost.report;

import dev.flotilla.cost.door.Viewer;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns query parameters into a question, or into a problem that says what to write instead. */
public final class QuestionReader {
  static final Set<String> COSTS =
      Set.of(
          "from",
          "to",
          "bucket",
          "group_by",
          "model",
          "team",
          "task_type",
          "provider",
          "project",
          "key",
          "pipeline",
          "step",
          "include_simulated",
          "explain",
          "currency",
          "limit",
          "page");
  static final Set<String> SAVINGS =
      Set.of("from", "to", "team", "task_type", "include_simulated", "explain");
  static final Set<String> SUMMARY = Set.of("period", "team", "include_simulated", "explain");
  static final Set<String> WEEKLY = Set.of("week", "team", "include_simulated", "explain");

  private static final int MOST_BUCKETS = 1_000;
  private static final int USUAL_DAYS = 7;

  private final Map<String, String> given;
  private final Viewer viewer;
  private final Clock clock;

  /**
   * @param given parameters as they came, one value each
   * @param known names of those that mean something here
   */
  public QuestionReader(Map<String, String> given, Set<String> known, Viewer viewer, Clock clock) {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        throw wrong(
            "unknown_parameter",
            name,
            "There is no parameter '"
                + name
                + "'; known are "
                + String.join(", ", known.stream().sorted().toList())
                + ".");
      }
    }
    this.given = given;
    this.viewer = viewer;
    this.clock = clock;
  }

  CostQuestion question() {
    BucketWidth width = width();
    CostScope scope = scope();
    PageCursor cursor = cursor();
    if (cursor != null) {
      if ((given.containsKey("from") && !scope.from().equals(cursor.from()))
          || (given.containsKey("to") && !scope.to().equals(cursor.to()))) {
        throw wrong(
            "invalid_page",
            "page",
            "page belongs to another range; send from and to as before, or leave them out.");
      }
      scope = scope.between(cursor.from(), cursor.to());
    }
    Instant first = width.startOf(cursor == null ? scope.from() : cursor.next());
    return new CostQuestion(
        scope,
        filters(),
        width,
        dimensions(),
        simulated(),
        explain(),
        currency(),
        limit(width.usualLimit),
        first);
  }

  /** Filters that only attempts know, or that no other report has. */
  private Map<Dimension, String> filters() {
    Map<Dimension, String> filters = new LinkedHashMap<>();
    for (Dimension column :
        List.of(Dimension.PROJECT, Dimension.KEY, Dimension.PIPELINE, Dimension.STEP)) {
      String value = given.get(column.word());
      if (value != null) {
        filters.put(column, value);
      }
    }
    return filters;
  }

  public boolean explain() {
    String word = given.getOrDefault("explain", "false");
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw wrong(
              "invalid_explain", "explain", "explain is '" + word + "'; write true or false.");
    };
  }

  /** The current day or month, UTC, until now. */
  CostScope period() {
    Instant now = clock.instant();
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    String period = periodName();
    LocalDate first =
        switch (period) {
          case "day" -> today;
          case "month" -> today.withDayOfMonth(1);
          default ->
              throw wrong(
                  "invalid_period", "period", "period is '" + period + "'; write day or month.");
        };
    return new CostScope(start(first), now, team(), null, null, null);
  }

  /** The whole week, UTC, that the day is in; the last one that is over when none is named. */
  CostScope week() {
    Instant day =
        given.containsKey("week") ? moment("week") : BucketWidth.WEEK.plus(clock.instant(), -1);
    Instant monday = BucketWidth.WEEK.startOf(day);
    return new CostScope(monday, BucketWidth.WEEK.plus(monday, 1), team(), null, null, null);
  }

  String periodName() {
    return given.getOrDefault("period", "month");
  }

  public SimulatedRows simulated() {
    String word = given.getOrDefault("include_simulated", "auto");
    return switch (word) {
      case "auto" -> SimulatedRows.WHEN_ALONE;
      case "true" -> SimulatedRows.INCLUDED;
      case "false" -> SimulatedRows.LEFT_OUT;
      default ->
          throw wrong(
              "invalid_include_simulated",
              "include_simulated",
              "include_simulated is '" + word + "'; write true, false or auto.");
    };
  }

  /** Null when it is not there. */
  public @Nullable String text(String name) {
    return given.get(name);
  }

  /** From, to and filters. */
  public CostScope scope() {
    return scope(USUAL_DAYS);
  }

  /**
   * The same.
   *
   * @param usualDays until now, today included, when nothing is said
   */
  public CostScope scope(int usualDays) {
    Instant now = clock.instant();
    Instant to = given.containsKey("to") ? moment("to") : now;
    Instant from =
        given.containsKey("from")
            ? moment("from")
            : to.truncatedTo(ChronoUnit.DAYS).minus(usualDays - 1, ChronoUnit.DAYS);
    if (!from.isBefore(to)) {
      throw wrong(
          "invalid_range",
          "from",
          "from ("
              + from
              + ") is not before to ("
              + to
              + "); the range includes from and excludes to.");
    }
    return new CostScope(
        from, to, team(), given.get("model"), given.get("provider"), given.get("task_type"));
  }

  private @Nullable String team() {
    String asked = given.get("team");
    if (viewer.seesAllTeams()) {
      return asked;
    }
    if (asked != null && !asked.equals(viewer.team())) {
      throw new ProblemException(
          Problem.forbidden(
              "team_not_allowed",
              "This key belongs to team '"
                  + viewer.team()
                  + "' and sees only its costs; leave team out, or use a key with the role admin or viewer-all.",
              "team"));
    }
    return viewer.team();
  }

  private BucketWidth width() {
    String word = given.getOrDefault("bucket", BucketWidth.DAY.word);
    for (BucketWidth width : BucketWidth.values()) {
      if (width.word.equals(word)) {
        return width;
      }
    }
    throw wrong("invalid_bucket", "bucket", "bucket is '" + word + "'; write 1h, 1d, 1w or 1mo.");
  }

  private List<Dimension> dimensions() {
    String words = given.getOrDefault("group_by", "");
    List<Dimension> dimensions = new ArrayList<>();
    for (String word : words.isBlank() ? new String[0] : words.split(",", -1)) {
      Dimension dimension =
          Dimension.named(word.strip())
              .orElseThrow(
                  () ->
                      wrong(
                          "invalid_group_by",
                          "group_by",
                          "group_by names '"
                              + word.strip()
                              + "'; write a comma-separated list of "
                              + Dimension.words()
                              + "."));
      if (!dimensions.contains(dimension)) {
        dimensions.add(dimension);
      }
    }
    return List.copyOf(dimensions);
  }

  /** Null when it is dollars, which every amount is in anyway. */
  private @Nullable String currency() {
    String word = given.getOrDefault("currency", "USD").toUpperCase(Locale.ROOT);
    if (!word.matches("[A-Z]{3}")) {
      throw wrong(
          "invalid_currency",
          "currency",
          "currency is '" + word + "'; write three letters such as PKR.");
    }
    return word.equals("USD") ? null : word;
  }

  private int limit(int usual) {
    String text = given.get("limit");
    if (text == null) {
      return usual;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST_BUCKETS) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same sentence.
    }
    throw wrong(
        "invalid_limit",
        "limit",
        "limit is '" + text + "'; write how many buckets a page has, 1 to " + MOST_BUCKETS + ".");
  }

  private @Nullable PageCursor cursor() {
    String text = given.get("page");
    if (text == null) {
      return null;
    }
    return PageCursor.read(text)
        .orElseThrow(
            () ->
                wrong(
                    "invalid_page",
                    "page",
                    "page is '" + text + "'; send the next_page of the answer before."));
  }

  private Instant moment(String name) {
    String text = given.getOrDefault(name, "");
    try {
      return text.length() == "2026-11-21".length()
          ? start(LocalDate.parse(text))
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw wrong(
          "invalid_" + name,
          name,
          name
              + " is '"
              + text
              + "'; write a day such as 2026-11-21 or RFC 3339 such as 2026-11-21T10:00:00Z.");
    }
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The kind of file that is wanted. */
  public String format() {
    return given.getOrDefault("format", "csv");
  }

  private static ProblemException wrong(String code, String param, String detail) {
    return new ProblemException(Problem.invalid(code, detail, param));
  }
}
