package dev.flotilla.router.gain;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.gain.GainFile;
import dev.flotilla.learning.gain.KeptQuality;
import dev.flotilla.learning.gain.KeptQuality.Point;
import dev.flotilla.learning.gain.MeasuredGain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code routing.yaml} says of a gain router; anything may be missing or wrong.
 *
 * @param model a file that {@code ./fleet train gain} made, beside the routing policy
 * @param cheap an alias or the id of a model
 * @param strong another one
 * @param quality how much of the strong model's quality must be kept
 * @param strongShare how many of the prompts may go to the strong model, 0 to 1
 */
public record GainEntry(
    @Nullable String model,
    @Nullable String cheap,
    @Nullable String strong,
    @Nullable Double quality,
    @Nullable Double strongShare) {

  /** Finds the models behind a name. */
  @FunctionalInterface
  public interface Models {
    /**
     * @param place where the name stands
     * @return at least one
     * @throws ConfigurationException when there is none
     */
    List<Model> behind(String place, String name);
  }

  /**
   * What it asks for.
   *
   * @param place where it stands, for messages
   * @param folder where the model's file is
   * @throws ConfigurationException naming the place, what was found and what to write instead
   */
  public GainRouter router(String place, Path folder, Models models) {
    List<Model> cheaper = models.behind(place + ".cheap", given(place, "cheap", cheap, "fast"));
    List<Model> stronger =
        models.behind(place + ".strong", given(place, "strong", strong, "flagship"));
    if (cheaper.getFirst().equals(stronger.getFirst())) {
      throw new ConfigurationException(
          "%s: cheap is '%s' and strong is '%s', and both are %s first, so there is nothing to choose; name two models"
              .formatted(place, cheap, strong, cheaper.getFirst().id()));
    }
    if ((quality == null) == (strongShare == null)) {
      throw new ConfigurationException(
          place
              + " has "
              + (quality == null ? "neither quality nor" : "both quality and")
              + " strong_share; write one of them, like quality: 0.97 or strong_share: 0.4");
    }
    MeasuredGain measured = read(place, folder);
    Point point =
        quality == null
            ? measured.kept().within(share(place, strongShare))
            : keeping(place, quality, measured);
    return new GainRouter(measured, point.threshold(), cheaper, stronger);
  }

  private static String given(
      String place, String name, @Nullable String value, String forExample) {
    if (value == null) {
      throw new ConfigurationException(
          "%s.%s is missing; write an alias or the id of a model, like %s: %s"
              .formatted(place, name, name, forExample));
    }
    return value;
  }

  private MeasuredGain read(String place, Path folder) {
    if (model == null) {
      throw new ConfigurationException(
          place
              + ".model is missing; name a file beside routing.yaml, and make one with ./fleet train"
              + " gain");
    }
    Path file = folder.resolve(model);
    try {
      return GainFile.read(file);
    } catch (BadData e) {
      throw new ConfigurationException(place + ".model: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(
          "%s.model names %s, which cannot be read; make one with ./fleet train gain, or leave gain out and the order of the candidates holds"
              .formatted(place, file),
          e);
    }
  }

  private static double share(String place, @Nullable Double share) {
    if (share == null || !(share >= 0 && share <= 1)) {
      throw new ConfigurationException(
          place + ".strong_share is " + share + "; write a number from 0 to 1, like 0.4");
    }
    return share;
  }

  private Point keeping(String place, double wanted, MeasuredGain measured) {
    if (!(wanted > 0)) {
      throw new ConfigurationException(
          place
              + ".quality is "
              + wanted
              + "; write how much of the strong model's quality must be kept, like 0.97");
    }
    KeptQuality kept = measured.kept();
    return kept.keeping(wanted)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    String.format(
                        Locale.ROOT,
                        "%s.quality is %s, which the recorded answers in %s never reached: %s and %s together kept at most %.4f of the quality of %s alone, with %d %% of the prompts at it; write that or less",
                        place,
                        wanted,
                        model,
                        measured.weak(),
                        measured.strong(),
                        // Never more than can be asked for.
                        Math.floor(kept.best().quality() * 1e4) / 1e4,
                        measured.strong(),
                        kept.best().percent())));
  }
}
