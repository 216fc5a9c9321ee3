package dev.flotilla.provider.spool;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.nio.file.Path;

/**
 * @param folder where segments are written; one process at a time
 * @param segmentBytes a segment that would grow beyond this is closed and a new one begun
 * @param limitBytes all segments together; beyond it paid calls are refused
 * @param durability what a returned write survives
 */
public record SpoolConfig(Path folder, long segmentBytes, long limitBytes, Durability durability) {

  /** What a record survives once its write has returned. */
  public enum Durability {
    /** The end of this process, however violent; not a power cut. */
    PROCESS,
    /** A power cut too: every write waits for the disk. */
    NODE
  }

  public SpoolConfig {
    if (limitBytes < 2 * segmentBytes) {
      throw new ConfigurationException(
          "flotilla.spool.limit-bytes is "
              + limitBytes
              + ", but it must hold two segments of flotilla.spool.segment-bytes; use "
              + 2 * segmentBytes
              + " or more");
    }
  }

  public static SpoolConfig from(Settings settings) {
    return new SpoolConfig(
        settings.path("flotilla.spool.dir"),
        settings.number("flotilla.spool.segment-bytes", 4_096, 1L << 30),
        settings.number("flotilla.spool.limit-bytes", 8_192, 1L << 40),
        durability(settings.text("flotilla.spool.durability")));
  }

  private static Durability durability(String word) {
    return switch (word) {
      case "process" -> Durability.PROCESS;
      case "node" -> Durability.NODE;
      default ->
          throw new ConfigurationException(
              "flotilla.spool.durability is '" + word + "'; write process or node");
    };
  }
}
