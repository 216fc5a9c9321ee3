package dev.flotilla.kit.heap;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;

/**
 * @param fullAt share of the heap that is in use after a collection from which on nobody is let in,
 *     above 0
 * @param forBodies share of the heap that requests' bodies and what is made of them may take, above
 *     0
 */
public record HeapConfig(double fullAt, double forBodies) {
  public HeapConfig {
    positive("flotilla.heap.full-at", fullAt, "0.9");
    positive("flotilla.heap.for-bodies", forBodies, "0.5");
  }

  public static HeapConfig from(Settings settings) {
    return new HeapConfig(
        settings.fraction("flotilla.heap.full-at"), settings.fraction("flotilla.heap.for-bodies"));
  }

  private static void positive(String key, double share, String usual) {
    if (share <= 0) {
      throw new ConfigurationException(
          key + " is " + share + ", which lets nobody in; write a share such as " + usual);
    }
  }
}
