package dev.flotilla.provider.spool;

import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an earlier process left in a folder. Of each attempt the last undamaged record counts,
 * whichever of the kinds it is.
 *
 * @param segments oldest first; each knows how many of the attempts rely on it
 * @param attempts in the order of their last records
 * @param nextNumber of a segment that is not there yet
 * @param damaged stretches of bytes that were passed over
 */
record Recovery(
    List<Segment> segments, List<Unshipped.Written> attempts, long nextNumber, int damaged) {

  static Recovery of(SpoolFolder folder) throws IOException {
    var reading = new Reading();
    var segments = new ArrayList<Segment>();
    long nextNumber = 0;
    int damaged = 0;
    for (Path file : folder.segments()) {
      var segment = new Segment(file);
      segment.bytes = Files.size(file);
      segments.add(segment);
      nextNumber = SpoolFolder.number(file) + 1;
      long since = Files.getLastModifiedTime(file).toMillis();
      damaged +=
          RecordFile.scan(
              file, (offset, payload) -> reading.found(segment, offset, payload, since));
    }
    for (Unshipped.Written written : reading.last.values()) {
      written.first().needed++;
      written.at().needed++;
    }
    return new Recovery(
        segments, List.copyOf(reading.last.values()), nextNumber, damaged + reading.unreadable);
  }

  private static final class Reading {
    final Map<String, Unshipped.Written> last = new LinkedHashMap<>();
    int unreadable;

    void found(Segment segment, long offset, byte[] payload, long since) {
      String attempt;
      try {
        attempt = Json.parseObject(payload).path("attempt_id").asText();
      } catch (NotJson e) {
        unreadable++;
        return;
      }
      Unshipped.Written earlier = last.remove(attempt);
      Segment first = earlier == null ? segment : earlier.first();
      last.put(attempt, new Unshipped.Written(first, segment, offset, payload.length, since));
    }
  }
}
