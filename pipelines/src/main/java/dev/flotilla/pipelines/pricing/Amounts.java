package dev.flotilla.pipelines.pricing;

/**
 * What something costs, in nano-dollars.
 *
 * @param lowest it cannot cost less
 * @param expected what it probably costs; a guess, unless there is experience
 * @param highest it cannot cost more
 */
public record Amounts(long lowest, long expected, long highest) {
  public static final Amounts NOTHING = new Amounts(0, 0, 0);

  /** Both. */
  Amounts plus(Amounts other) {
    return new Amounts(
        sum(lowest, other.lowest), sum(expected, other.expected), sum(highest, other.highest));
  }

  /** Several times. */
  Amounts times(long least, double probably, long most) {
    return new Amounts(
        product(lowest, least), Math.round(expected * probably), product(highest, most));
  }

  /** Perhaps: nothing at least. */
  Amounts perhaps(double chance) {
    return new Amounts(0, Math.round(expected * chance), highest);
  }

  /** No more than a limit. */
  Amounts within(long limit) {
    return new Amounts(
        Math.min(lowest, limit), Math.min(expected, limit), Math.min(highest, limit));
  }

  static long sum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  static long product(long a, long b) {
    return a != 0 && b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
  }
}
