package dev.flotilla.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a model costs from a day on. Figures are whole pico-dollars; an amount is summed exactly,
 * multiplied by what was agreed, and rounded half-even once to nano-dollars.
 *
 * @param from first day, UTC, on which this price holds
 * @param source where the figures were read
 * @param schedules by service tier; the standard one is always there
 * @param factor what all figures are multiplied with under a contract; 1 without
 */
public record Price(
    LocalDate from, String source, Map<ServiceTier, Schedule> schedules, BigDecimal factor) {
  private static final BigDecimal PICO_IN_NANO = BigDecimal.valueOf(1_000);

  public Price {
    schedules = Map.copyOf(schedules);
    if (!schedules.containsKey(ServiceTier.STANDARD)) {
      throw new IllegalArgumentException("a price has a standard schedule");
    }
  }

  /** Of text, whatever the length of the prompt and the service. */
  public Price(
      LocalDate from,
      String source,
      long input,
      long cacheRead,
      long cacheWrite5m,
      long cacheWrite1h,
      long output,
      long reasoning) {
    this(
        from,
        source,
        Map.of(
            ServiceTier.STANDARD,
            new Schedule(
                new Tariff(input, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning),
                List.of(),
                null)),
        BigDecimal.ONE);
  }

  /**
   * The figures of short prompts in the standard service, before a contract's factor. Sums of many
   * calls are priced by these alone: nobody can tell how long each prompt was.
   */
  public Tariff tariff() {
    return standard().base();
  }

  /** What longer prompts cost in the standard service, shortest first. */
  public List<ContextTier> tiers() {
    return standard().tiers();
  }

  /** Of {@link #tariff}. */
  public long input() {
    return tariff().input();
  }

  /** Of {@link #tariff}. */
  public long cacheRead() {
    return tariff().cacheRead();
  }

  /** Of {@link #tariff}. */
  public long output() {
    return tariff().output();
  }

  /** Of {@link #tariff}. */
  public long reasoning() {
    return tariff().reasoning();
  }

  /**
   * The one of several that holds on a day; before the first one the first holds, because a price
   * is never zero.
   *
   * @param prices at least one, oldest first
   */
  static Price onDay(List<Price> prices, LocalDate day) {
    Price holds = prices.getFirst();
    for (Price price : prices) {
      if (!price.from().isAfter(day)) {
        holds = price;
      }
    }
    return holds;
  }

  /** The same price for who is served under a tier; empty when that has no price. */
  public Optional<Price> under(ServiceTier tier) {
    return Optional.ofNullable(schedules.get(tier))
        .map(s -> new Price(from, source, Map.of(ServiceTier.STANDARD, s), factor));
  }

  /**
   * What one call costs.
   *
   * @throws ArithmeticException when the amount does not fit, rather than wrapping around
   */
  public Charge charge(Usage usage) {
    long prompt = usage.promptTokens();
    Tariff tariff = standard().at(prompt);
    long nanos = rounded(tariff.pico(usage));
    Set<Bucket> missing = tariff.missing(usage);
    return missing.isEmpty() && standard().covers(prompt)
        ? new Charge.Exact(nanos)
        : new Charge.Unpriced(nanos, missing);
  }

  /**
   * What one call costs, in nano-dollars.
   *
   * @throws ArithmeticException when the amount does not fit, or something of it has no price
   */
  public long nanos(Usage usage) {
    return switch (charge(usage)) {
      case Charge.Exact(long nanos) -> nanos;
      case Charge.Unpriced(_, Set<Bucket> missing) ->
          throw new ArithmeticException("there is no price for " + missing + " in " + source);
    };
  }

  /**
   * What the sum of many calls costs by {@link #tariff}, in nano-dollars.
   *
   * @throws ArithmeticException when the amount does not fit
   */
  public long nanosOfMany(Usage sum) {
    return rounded(tariff().pico(sum));
  }

  /**
   * The same by the tariff for prompts of this length, which all of the calls must have.
   *
   * @param promptTokens of any of the calls
   * @throws ArithmeticException when the amount does not fit
   */
  public long nanosOfMany(Usage sum, long promptTokens) {
    return rounded(standard().at(promptTokens).pico(sum));
  }

  /**
   * The most that one call with at most these tokens can cost, in nano-dollars: which bucket they
   * fall into is the provider's choice.
   *
   * @throws ArithmeticException when the amount does not fit
   */
  public long most(long input, long output) {
    Tariff tariff = standard().at(input);
    return bound(input, tariff.dearestInput(), output, tariff.dearestOutput(), tariff.request());
  }

  /**
   * The least that one call with at least these tokens costs, in nano-dollars.
   *
   * @throws ArithmeticException when the amount does not fit
   */
  public long least(long input, long output) {
    Tariff tariff = standard().at(input);
    return bound(input, tariff.cheapestInput(), output, tariff.cheapestOutput(), tariff.request());
  }

  private long bound(long input, long perInput, long output, long perOutput, long request) {
    var flat = new Tariff(perInput, 0, 0, 0, perOutput, 0, null, null, null, request);
    return rounded(flat.pico(new Usage(input, 0, 0, 0, output, 0, 0, 0, 0, 1)));
  }

  private Schedule standard() {
    return Objects.requireNonNull(schedules.get(ServiceTier.STANDARD));
  }

  private long rounded(BigInteger pico) {
    return new BigDecimal(pico)
        .multiply(factor)
        .divide(PICO_IN_NANO, 0, RoundingMode.HALF_EVEN)
        .longValueExact();
  }
}
