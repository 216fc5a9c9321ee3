package dev.flotilla.router.console;

import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.extension.Filter;
import io.pebbletemplates.pebble.extension.escaper.SafeString;
import io.pebbletemplates.pebble.template.EvaluationContext;
import io.pebbletemplates.pebble.template.PebbleTemplate;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How numbers, money and moments are written for people. Beside what is rounded stands what it was,
 * in the element's {@code value}. Thread-safe.
 */
final class Words extends AbstractExtension {
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMM HH:mm:ss 'UTC'", Locale.ENGLISH);
  private static final Pattern TRACE_ID = Pattern.compile("[0-9a-f]{32}");
  private static final BigDecimal CENT = new BigDecimal("0.01");
  private static final String MINUS = "−";
  private static final String NONE = "–";
  private static final String WITHOUT = "<span class=\"none\">" + NONE + "</span>";

  /** Where templates have the {@link SecondCurrency}. */
  static final String SECOND = "second";

  private final Assets assets;
  private final Optional<String> traces;

  /**
   * @param traces where a trace is shown, see {@link ConsoleConfig}
   */
  Words(Assets assets, Optional<String> traces) {
    this.assets = assets;
    this.traces = traces;
  }

  @Override
  public Map<String, Filter> getFilters() {
    Map<String, Filter> filters = new HashMap<>();
    filters.put("dollars", filter(value -> data(value, usd(value))));
    filters.put("usd", new Dollars());
    filters.put("amount", filter(value -> data(value, rounded(value))));
    filters.put("count", filter(value -> data(value, grouped(value))));
    filters.put("percent", filter(value -> data(value, percent(value))));
    filters.put("millis", filter(value -> data(value, millis(value))));
    filters.put("number", filter(value -> data(value, value.toPlainString())));
    filters.put("moment", plain(Words::moment));
    filters.put("trace", plain(id -> new SafeString(trace(String.valueOf(id), traces))));
    filters.put("short", plain(Words::shortened));
    filters.put("path", plain(input -> Asked.encoded(String.valueOf(input))));
    return filters;
  }

  @Override
  public Map<String, io.pebbletemplates.pebble.extension.Function> getFunctions() {
    return Map.of("asset", new AssetPath());
  }

  private final class AssetPath implements io.pebbletemplates.pebble.extension.Function {
    @Override
    public Object execute(
        Map<String, Object> args, PebbleTemplate self, EvaluationContext context, int line) {
      return assets.path(String.valueOf(args.get("name")));
    }

    @Override
    public List<String> getArgumentNames() {
      return List.of("name");
    }
  }

  /** A filter without arguments. */
  private record Written(Function<@Nullable Object, Object> writing) implements Filter {
    @Override
    public Object apply(
        @Nullable Object input,
        Map<String, Object> args,
        PebbleTemplate self,
        EvaluationContext context,
        int line) {
      return writing.apply(input);
    }

    @Override
    public @Nullable List<String> getArgumentNames() {
      return null;
    }
  }

  /** Dollars, and beside them the second currency if somebody wants one. */
  private static final class Dollars implements Filter {
    @Override
    public Object apply(
        @Nullable Object input,
        Map<String, Object> args,
        PebbleTemplate self,
        EvaluationContext context,
        int line) {
      if (!(input instanceof Number number)) {
        return new SafeString(WITHOUT);
      }
      var value = new BigDecimal(number.toString());
      SafeString dollars = data(value, usd(value));
      return context.getVariable(SECOND) instanceof SecondCurrency second && second.isKnown()
          ? new SafeString(
              dollars + " <span class=\"second\">" + other(second.of(value), second) + "</span>")
          : dollars;
    }

    private static String other(BigDecimal value, SecondCurrency second) {
      return data(value, rounded(value)) + " " + second.name();
    }

    @Override
    public @Nullable List<String> getArgumentNames() {
      return null;
    }
  }

  private static Filter plain(Function<@Nullable Object, Object> writing) {
    return new Written(writing);
  }

  /** Writes numbers; a dash stands for everything else. */
  private static Filter filter(Function<BigDecimal, Object> writing) {
    return new Written(
        input ->
            input instanceof Number number
                ? writing.apply(new BigDecimal(number.toString()))
                : new SafeString(WITHOUT));
  }

  private static SafeString data(BigDecimal value, String text) {
    return new SafeString("<data value=\"" + value.toPlainString() + "\">" + text + "</data>");
  }

  /** Dollars. */
  static String usd(BigDecimal value) {
    String amount = rounded(value);
    return amount.startsWith(MINUS) ? MINUS + "$" + amount.substring(1) : "$" + amount;
  }

  /** An amount of money: cents from one on; below, what distinguishes small amounts. */
  private static String rounded(BigDecimal value) {
    BigDecimal amount = value.abs();
    if (amount.signum() == 0) {
      return "0";
    }
    String sign = value.signum() < 0 ? MINUS : "";
    if (amount.compareTo(BigDecimal.ONE) >= 0) {
      return sign + String.format(Locale.ENGLISH, "%,.2f", amount);
    }
    BigDecimal rounded =
        amount.compareTo(CENT) >= 0
            ? amount.setScale(4, RoundingMode.HALF_UP)
            : amount.round(new MathContext(2, RoundingMode.HALF_UP));
    BigDecimal shortest = rounded.stripTrailingZeros();
    return sign + shortest.setScale(Math.max(2, shortest.scale())).toPlainString();
  }

  static String grouped(BigDecimal value) {
    return value.stripTrailingZeros().scale() <= 0
        ? String.format(Locale.ENGLISH, "%,d", value.toBigInteger())
        : value.setScale(1, RoundingMode.HALF_UP).toPlainString();
  }

  /** Of a share. */
  static String percent(BigDecimal share) {
    return share
            .movePointRight(2)
            .setScale(1, RoundingMode.HALF_UP)
            .toPlainString()
            .replace("-", MINUS)
        + " %";
  }

  static String millis(BigDecimal value) {
    double ms = value.doubleValue();
    if (ms < 1_000) {
      return Math.round(ms) + " ms";
    }
    if (ms < 60_000) {
      return String.format(Locale.ENGLISH, "%.1f s", ms / 1_000);
    }
    long seconds = Math.round(ms / 1_000);
    return seconds < 3_600
        ? "%d min %d s".formatted(seconds / 60, seconds % 60)
        : "%d h %d min".formatted(seconds / 3_600, seconds / 60 % 60);
  }

  /** A script turns it into the visitor's own zone. */
  private static SafeString moment(@Nullable Object input) {
    Instant at;
    if (input instanceof Number seconds) {
      at = Instant.ofEpochSecond(seconds.longValue());
    } else {
      try {
        at = Instant.parse(String.valueOf(input));
      } catch (DateTimeException e) {
        return new SafeString("<span class=\"none\">" + NONE + "</span>");
      }
    }
    return new SafeString(
        "<time datetime=\"" + at + "\">" + MOMENT.format(at.atZone(ZoneOffset.UTC)) + "</time>");
  }

  /** A trace's id, as a link where somebody shows traces. */
  static String trace(String id, Optional<String> traces) {
    if (!TRACE_ID.matcher(id).matches()) {
      return WITHOUT;
    }
    return traces
        .map(
            address ->
                "<a class=\"mono\" rel=\"noreferrer\" href=\""
                    + address.replace(ConsoleConfig.TRACE, id).replace("&", "&amp;")
                    + "\">"
                    + id
                    + "</a>")
        .orElse(
            "<span class=\"mono\">"
                + id
                + "</span> <small>no link: <code>flotilla.console.trace.url</code> is not set</small>");
  }

  /** The end of an id, which tells it from others. */
  private static String shortened(@Nullable Object input) {
    String text = String.valueOf(input);
    return text.length() > 14
        ? text.substring(0, 4) + "…" + text.substring(text.length() - 6)
        : text;
  }
}
