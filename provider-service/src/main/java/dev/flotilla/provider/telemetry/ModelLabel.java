package dev.flotilla.provider.telemetry;

/** A model's name in metrics. */
final class ModelLabel {
  private ModelLabel() {}

  /** A simulated failure is the same model to a dashboard. */
  static String of(String model, boolean simulated) {
    int colon = simulated ? model.lastIndexOf(':') : -1;
    return colon < 0 ? model : model.substring(0, colon);
  }
}
