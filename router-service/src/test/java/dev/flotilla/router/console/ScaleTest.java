package dev.flotilla.router.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {
  private static final double NEAR = 0.01;

  @Test
  void without_a_wait_it_is_even() {
    var scale = new Scale(1_000, List.of());
    assertEquals(25, scale.place(250), NEAR);
    assertEquals(250, scale.moment(25), NEAR);
    assertFalse(scale.shortens());
  }

  @Test
  void hours_of_a_person_leave_the_seconds_of_work_their_room() {
    double hour = 3_600_000;
    var scale = new Scale(4_000 + hour, List.of(new Scale.Wait(2_000, 2_000 + hour)));
    assertTrue(scale.shortens());
    assertEquals(40, scale.place(2_000), NEAR);
    assertEquals(60, scale.place(2_000 + hour), NEAR);
    assertEquals(100, scale.place(4_000 + hour), NEAR);
    assertEquals(2_000, scale.moment(40), 1);
  }

  @Test
  void two_at_the_same_time_are_one() {
    var one = new Scale(100_000, List.of(new Scale.Wait(1_000, 99_000)));
    var two =
        new Scale(100_000, List.of(new Scale.Wait(1_000, 60_000), new Scale.Wait(50_000, 99_000)));
    assertEquals(one.place(99_500), two.place(99_500), NEAR);
  }

  @Test
  void a_short_wait_is_drawn_as_it_was() {
    assertFalse(new Scale(10_000, List.of(new Scale.Wait(1_000, 2_000))).shortens());
  }
}
