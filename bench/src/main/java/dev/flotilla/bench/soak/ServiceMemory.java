package dev.flotilla.bench.soak;

/** What one service held at each look, after the warm-up. Not thread-safe. */
final class ServiceMemory {
  private final Slope resident = new Slope();
  private final Slope committed = new Slope();
  private final Slope heap = new Slope();

  void resident(double minute, double mb) {
    resident.add(minute, mb);
  }

  void committed(double minute, double mb) {
    committed.add(minute, mb);
  }

  void heap(double minute, double mb) {
    heap.add(minute, mb);
  }

  Slope resident() {
    return resident;
  }

  Slope committed() {
    return committed;
  }

  Slope heap() {
    return heap;
  }
}
