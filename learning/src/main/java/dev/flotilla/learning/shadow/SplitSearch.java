package dev.flotilla.learning.shadow;

import dev.flotilla.learning.shadow.Bounds.Sums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the part of requests that a cheaper model may have, on pairs that were answered by both.
 * What is said of a part is said by models that had not seen its requests (five folds).
 */
final class SplitSearch {
  /** The share for which caution is weighed; the best one is a little different for others. */
  private static final double TYPICAL_SHARE = 0.25;

  /** How many deviations below the mean the worst of some windows in a row lies. */
  private static final double WORST_WINDOW = 2.33;

  private SplitSearch() {}

  static Split of(List<SeenPair> pairs, SplitRules rules) {
    if (pairs.size() < rules.fewestPairs()) {
      return new Split.NotYet();
    }
    var withheld = Foresight.withheld(pairs, caution(pairs, rules));
    return largest(pairs, withheld.losses(), rules).finish(withheld::ofAll);
  }

  /**
   * A window loses Σ loss + z √Σ loss², so a request whose answers differ weighs z / (2 √Σ loss²)
   * more: the derivative of the second by it.
   */
  private static double caution(List<SeenPair> pairs, SplitRules rules) {
    double differ = pairs.stream().mapToDouble(p -> p.gain() * p.gain()).average().orElse(0);
    double spread = Math.sqrt(rules.window() * TYPICAL_SHARE * differ);
    return spread == 0 ? 0 : WORST_WINDOW / (2 * spread);
  }

  /** What was found before the model of all pairs is made. */
  private record Part(double share, double cutoff, Bounds kept, boolean hopeful) {
    interface Train {
      Foresight foresight();
    }

    Split finish(Train all) {
      if (share > 0) {
        return new Split.Found(all.foresight(), share, cutoff, kept);
      }
      return hopeful ? new Split.NotYet() : new Split.Hopeless();
    }
  }

  private static Part largest(List<SeenPair> pairs, double[] loss, SplitRules rules) {
    Order order = Order.of(pairs, loss);
    var best = new Part(0, 0, kept(pairs, loss, -Double.MAX_VALUE, rules), false);
    boolean hopeful = false;
    for (double share = rules.smallestShare(); share <= 1; share += 0.01) {
      double wanted = Math.min(share, rules.largestShare());
      double cutoff = order.cutoff(wanted);
      Bounds kept = kept(pairs, loss, cutoff, rules);
      hopeful |= kept.upper() >= 0;
      if (kept.lower() >= 0) {
        best = new Part(wanted, cutoff, kept, true);
      }
      if (wanted < share) {
        break;
      }
    }
    return new Part(best.share(), best.cutoff(), best.kept(), hopeful);
  }

  /**
   * Foretold losses, ascending.
   *
   * @param until the weight of those up to here
   */
  private record Order(double[] losses, double[] until) {
    static Order of(List<SeenPair> pairs, double[] loss) {
      var places = new ArrayList<Integer>();
      for (int i = 0; i < loss.length; i++) {
        places.add(i);
      }
      places.sort(Comparator.comparingDouble(place -> loss[place]));
      double[] losses = new double[loss.length];
      double[] until = new double[loss.length];
      double weight = 0;
      for (int i = 0; i < loss.length; i++) {
        losses[i] = loss[places.get(i)];
        weight += pairs.get(places.get(i)).weight();
        until[i] = weight;
      }
      return new Order(losses, until);
    }

    double cutoff(double share) {
      int place = Arrays.binarySearch(until, share * until[until.length - 1]);
      return share >= 1
          ? Double.MAX_VALUE
          : losses[Math.min(losses.length - 1, place < 0 ? -place - 1 : place)];
    }
  }

  private static Bounds kept(List<SeenPair> pairs, double[] loss, double cutoff, SplitRules rules) {
    Sums sums = Sums.NONE;
    for (int i = 0; i < loss.length; i++) {
      ShadowedPair pair = pairs.get(i).pair();
      double routed = loss[i] < cutoff ? pair.cheap() : pair.strong();
      sums = sums.with(routed - rules.target() * pair.strong(), pairs.get(i).weight(), 1);
    }
    return Bounds.of(sums, rules.target(), rules.confidence(), rules.window());
  }
}
