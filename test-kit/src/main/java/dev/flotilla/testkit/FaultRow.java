package dev.flotilla.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test that fails when we no longer stand this fault: a row of the fault matrix. {@code
 * docs/reference/faults.md} is made from these; what holds is told there by the test's name.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(FaultRow.Several.class)
public @interface FaultRow {
  /** Number of the row. */
  int row();

  /** What goes wrong in this test, in a few words. */
  String fault();

  /** Rows of one test that stands several faults. */
  @Documented
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Several {
    FaultRow[] value();
  }
}
