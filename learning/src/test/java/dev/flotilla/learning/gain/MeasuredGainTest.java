package dev.flotilla.learning.gain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.learning.BadData;
import dev.flotilla.learning.gain.KeptQuality.Point;
import dev.flotilla.learning.gain.RecordedPair.Recorded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasuredGainTest {
  private static final String[] EASY = {"river", "capital", "mountain", "island"};
  private static final String[] HARD = {"integral", "lattice", "homotopy", "tensor"};

  @TempDir Path folder;

  /** The number says nothing: there is an easy and a hard prompt for each. */
  private static String prompt(boolean isHard, int number) {
    return "What about the %s number %d?".formatted((isHard ? HARD : EASY)[number % 4], number);
  }

  /** Of two prompts one is hard, and only the strong model knows about it. */
  private static Recorded recorded(int prompts) {
    List<RecordedPair> pairs =
        IntStream.range(0, prompts)
            .mapToObj(i -> new RecordedPair(prompt(i % 2 == 0, i / 2), i % 2, i % 10 == 9 ? 0 : 1))
            .toList();
    return new Recorded(pairs, "small\nmodel", "large", 0);
  }

  private static MeasuredGain trained;

  @BeforeAll
  static void train() throws BadData {
    trained = MeasuredGain.of(recorded(200), "some pairs");
  }

  @Test
  void half_of_the_calls_keep_all_where_half_of_the_prompts_need_them() {
    KeptQuality kept = trained.kept();
    // The weak model is right on 100 of the 180 that the strong one gets right.
    assertEquals(0.555555, kept.within(0).quality(), 1e-9);
    assertEquals(1, kept.within(1).quality(), 1e-9);
    // Of the easy ones the strong model misses 20: keeping them with the weak one is better.
    assertTrue(kept.within(0.5).quality() > 1.05, () -> kept.within(0.5).toString());
    Point enough = kept.keeping(0.97).orElseThrow();
    assertTrue(enough.percent() > 30 && enough.percent() <= 55, enough::toString);
    assertEquals(Optional.empty(), kept.keeping(1.2));
    assertTrue(kept.best().quality() > 1.05, () -> kept.best().toString());
  }

  @Test
  void prompts_it_has_not_seen_go_where_their_subject_says() {
    MeasuredGain gain = trained;
    double threshold = gain.kept().within(0.5).threshold();
    int strayed = 0;
    for (int i = 1_000; i < 2_000; i++) {
      String prompt = prompt(i % 2 == 0, i / 2);
      strayed += i % 2 == 0 == gain.gain(prompt) > threshold ? 0 : 1;
      assertTrue(gain.gain(prompt) <= gain.kept().within(0).threshold());
      assertTrue(gain.gain(prompt) > gain.kept().within(1).threshold());
    }
    assertTrue(strayed <= 10, strayed + " of 1000 went elsewhere");
  }

  @Test
  void equal_gains_never_break_a_budget() {
    List<Withheld> alike =
        IntStream.range(0, 10)
            .mapToObj(i -> new Withheld(new RecordedPair("x", 0, 1), 0.25))
            .toList();
    KeptQuality kept = KeptQuality.of(alike);
    assertEquals(0, kept.within(0.99).quality());
    assertEquals(1, kept.within(1).quality());
    assertEquals(100, kept.keeping(0.5).orElseThrow().percent());
  }

  @Test
  void what_was_written_decides_alike_when_it_is_read() throws Exception {
    MeasuredGain gain = trained;
    Path file = folder.resolve("a.gain");
    GainFile.write(gain, file);
    MeasuredGain read = GainFile.read(file);
    assertEquals("small model", read.weak());
    assertEquals("large", read.strong());
    assertEquals("some pairs", read.trainedOn());
    assertEquals(200, read.pairs());
    assertEquals(gain.kept(), read.kept());
    double threshold = gain.kept().within(0.5).threshold();
    int changed = 0;
    for (int i = 0; i < 1_000; i++) {
      String prompt = prompt(i % 2 == 0, i / 2);
      assertEquals(gain.gain(prompt), read.gain(prompt), 0.01, prompt);
      changed += gain.gain(prompt) > threshold == read.gain(prompt) > threshold ? 0 : 1;
    }
    assertTrue(changed <= 10, changed + " of 1000 decisions changed");
  }

  @Test
  void the_same_data_gives_the_same_bytes() throws Exception {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    GainFile.write(trained, one);
    GainFile.write(MeasuredGain.of(recorded(200), "some pairs"), other);
    assertEquals(-1, Files.mismatch(one, other));
  }

  @Test
  void a_damaged_file_is_told_from_a_good_one() throws Exception {
    Path file = folder.resolve("a.gain");
    GainFile.write(trained, file);
    String good = Files.readString(file);
    var bad = new ArrayList<>(List.of("", "{}", good.substring(0, good.length() - 5), good + "x"));
    for (String[] change :
        new String[][] {
          {"pairs 200", "pairs many"},
          {"kept 7 ", "kept 8 "},
          {"kept 100 -2.000000", "kept 100 NaN"},
          {"kept 100 -2.000000", "kept 100 3.000000"},
          {"kept 100 -2.000000", "kept 100"},
          {"strong large\n", ""},
          {"mean ", "mean NaN"},
          {"rarity ", "rarity x"},
          {"weights ", "weights Infinity "}
        }) {
      assertTrue(good.contains(change[0]), change[0]);
      bad.add(good.replaceFirst(change[0], change[1]));
    }
    for (String content : bad) {
      Files.writeString(file, content);
      var e = assertThrows(BadData.class, () -> GainFile.read(file), () -> start(content));
      assertTrue(String.valueOf(e.getMessage()).contains("./fleet train gain"), e::toString);
    }
  }

  private static String start(String content) {
    return content.substring(0, Math.min(200, content.length()));
  }

  @Test
  void too_few_pairs_and_a_strong_model_that_is_not_are_refused() {
    var few = assertThrows(BadData.class, () -> MeasuredGain.of(recorded(40), "few"));
    assertTrue(String.valueOf(few.getMessage()).contains("at least 50"), few::toString);
    List<RecordedPair> equal =
        IntStream.range(0, 60).mapToObj(i -> new RecordedPair("x" + i, 1, 1)).toList();
    var none =
        assertThrows(
            BadData.class, () -> MeasuredGain.of(new Recorded(equal, "a", "b", 0), "equal"));
    assertTrue(String.valueOf(none.getMessage()).contains("b was on average no better than a"));
  }
}
