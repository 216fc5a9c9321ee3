package dev.flotilla.bench.soak;

/** What one service held at each look, after the warm-up. Not thread-safe. */
final class ServiceMemory {
  private final Slope resident = new Slope();
  private final Slope heap = new Slope();

  void add(double minute, double residentMb, double heapMb) {
    resident.add(minute, residentMb);
    heap.add(minute, heapMb);
  }

  Slope resident() {
    return resident;
  }

  Slope heap() {
    return heap;
  }
}
