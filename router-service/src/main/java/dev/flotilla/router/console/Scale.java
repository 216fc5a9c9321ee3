package dev.flotilla.router.console;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a moment of a run stands in its picture. Hours in which a person is asked would leave no
 * room for seconds of work, so long waits are drawn shorter. Immutable.
 */
final class Scale {
  /** A wait takes no more of the picture than so much of what is no wait. */
  private static final double MOST = 0.25;

  /** A stretch of time, in milliseconds from the run's begin. */
  record Wait(double from, double to) {
    double within(double moment) {
      return Math.max(0, Math.min(to, moment) - from);
    }

    double length() {
      return to - from;
    }
  }

  private final List<Wait> waits;
  private final double millis;
  private final double longest;

  /**
   * @param millis how long the run took, above 0
   * @param waits for people; parts of the run
   */
  Scale(double millis, List<Wait> waits) {
    this.millis = millis;
    this.waits = apart(waits);
    double work = millis - this.waits.stream().mapToDouble(Wait::length).sum();
    this.longest = Math.max(1, work * MOST);
  }

  /** Whether anything is drawn shorter than it was. */
  boolean shortens() {
    return waits.stream().anyMatch(wait -> wait.length() > longest);
  }

  /** Its place, in percent of the picture's width. */
  double place(double moment) {
    return drawn(moment) / drawn(millis) * 100;
  }

  /** The moment that stands at a place. */
  double moment(double place) {
    double low = 0;
    double high = millis;
    for (int i = 0; i < 40; i++) {
      double middle = (low + high) / 2;
      if (place(middle) < place) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private double drawn(double moment) {
    double drawn = moment;
    for (Wait wait : waits) {
      if (wait.length() > longest) {
        drawn -= wait.within(moment) * (1 - longest / wait.length());
      }
    }
    return drawn;
  }

  /** Waits at the same time are one. */
  private static List<Wait> apart(List<Wait> waits) {
    var apart = new ArrayList<Wait>();
    for (Wait wait : waits.stream().sorted((a, b) -> Double.compare(a.from(), b.from())).toList()) {
      if (!apart.isEmpty() && wait.from() <= apart.getLast().to()) {
        Wait last = apart.removeLast();
        apart.add(new Wait(last.from(), Math.max(last.to(), wait.to())));
      } else if (wait.length() > 0) {
        apart.add(wait);
      }
    }
    return List.copyOf(apart);
  }
}
