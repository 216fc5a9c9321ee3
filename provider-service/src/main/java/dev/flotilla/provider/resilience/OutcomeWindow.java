package dev.flotilla.provider.resilience;

/** The last outcomes of a model, each as half failures: 0, 1 or 2. One thread at a time. */
final class OutcomeWindow {
  private final byte[] halves;
  private int next;
  private int count;
  private int sum;

  OutcomeWindow(int size) {
    halves = new byte[size];
  }

  void add(int halfFailures) {
    if (count == halves.length) {
      sum -= halves[next];
    } else {
      count++;
    }
    halves[next] = (byte) halfFailures;
    sum += halfFailures;
    next = (next + 1) % halves.length;
  }

  int count() {
    return count;
  }

  /** Share of failures; 0 when it is empty. */
  double failureRate() {
    return count == 0 ? 0 : sum / (2.0 * count);
  }

  void clear() {
    next = 0;
    count = 0;
    sum = 0;
  }
}
