package dev.flotilla.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import net.jqwik.api.constraints.Size;

/** What holds for every price and every usage. */
class PricePropertyTest {
  private static final BigDecimal LARGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  @Property
  void an_amount_is_the_exact_sum_rounded_once_or_an_error(
      @ForAll @Size(10) List<@LongRange(min = 0) Long> figures,
      @ForAll @Size(10) List<@LongRange(min = 0, max = 10_000_000) Long> counts,
      @ForAll @BigRange(min = "0.01", max = "10") @Scale(4) BigDecimal factor) {
    var price = price(tariff(figures), factor);
    var usage = usage(counts);
    BigDecimal pico = BigDecimal.ZERO;
    for (int i = 0; i < figures.size(); i++) {
      pico =
          pico.add(BigDecimal.valueOf(figures.get(i)).multiply(BigDecimal.valueOf(counts.get(i))));
    }
    BigDecimal nanos = pico.multiply(factor).movePointLeft(3).setScale(0, RoundingMode.HALF_EVEN);
    if (nanos.compareTo(LARGEST) > 0) {
      assertThrows(ArithmeticException.class, () -> price.nanos(usage));
    } else {
      assertEquals(nanos.longValueExact(), price.nanos(usage));
    }
  }

  @Property
  void whatever_bucket_tokens_fall_into_the_amount_is_between_the_bounds(
      @ForAll @Size(10) List<@LongRange(min = 0, max = 1_000_000_000) Long> figures,
      @ForAll @Size(10) List<@LongRange(min = 0, max = 100_000) Long> counts,
      @ForAll @LongRange(min = 1, max = 400_000) long above) {
    Tariff small = tariff(figures);
    Tariff large = tariff(figures.stream().map(figure -> figure * 2).toList());
    var price =
        new Price(
            LocalDate.EPOCH,
            "t",
            Map.of(
                ServiceTier.STANDARD,
                new Schedule(small, List.of(new ContextTier(above, large)), null)),
            BigDecimal.ONE);
    Usage some = usage(counts);
    var sound =
        new Usage(
            some.input(),
            some.cacheRead(),
            some.cacheWrite5m(),
            some.cacheWrite1h(),
            some.output(),
            some.reasoning(),
            some.audioIn(),
            some.audioOut(),
            0,
            1);
    long output = sound.output() + sound.reasoning() + sound.audioOut();
    assertTrue(price.nanos(sound) <= price.most(sound.promptTokens(), output));
    var text = new Usage(some.input(), some.cacheRead(), 0, 0, some.output(), some.reasoning());
    assertTrue(
        price.least(text.promptTokens(), text.output() + text.reasoning())
            <= price.nanos(text) + figures.getLast() * 2);
  }

  @Property
  void one_token_moved_to_another_bucket_moves_its_price_and_nothing_else(
      @ForAll @Size(6) List<@LongRange(min = 0, max = 1_000_000) Long> figures,
      @ForAll @LongRange(min = 1, max = 1_000_000) long input) {
    // Whole nano-dollars, so that nothing is rounded.
    List<Long> whole = figures.stream().map(figure -> figure * 1_000).toList();
    var price =
        new Price(
            LocalDate.EPOCH,
            "t",
            whole.get(0),
            whole.get(1),
            whole.get(2),
            whole.get(3),
            whole.get(4),
            whole.get(5));
    assertEquals(
        figures.get(1) - figures.get(0),
        price.nanos(new Usage(input - 1, 1, 0, 0, 0, 0)) - price.nanos(Usage.text(input, 0)));
  }

  private static Price price(Tariff tariff, BigDecimal factor) {
    return new Price(
        LocalDate.EPOCH,
        "t",
        Map.of(ServiceTier.STANDARD, new Schedule(tariff, List.of(), null)),
        factor);
  }

  private static Tariff tariff(List<Long> f) {
    return new Tariff(
        f.get(0), f.get(1), f.get(2), f.get(3), f.get(4), f.get(5), f.get(6), f.get(7), f.get(8),
        f.get(9));
  }

  private static Usage usage(List<Long> c) {
    return new Usage(
        c.get(0), c.get(1), c.get(2), c.get(3), c.get(4), c.get(5), c.get(6), c.get(7), c.get(8),
        c.get(9));
  }
}
