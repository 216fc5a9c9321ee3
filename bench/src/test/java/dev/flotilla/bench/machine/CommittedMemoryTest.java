package dev.flotilla.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CommittedMemoryTest {
  @Test
  void what_compilers_work_in_does_not_count() throws Exception {
    String books =
        """
        Native Memory Tracking:

        Total: reserved=700000KB, committed=41984KB
        -                 Java Heap (reserved=262144KB, committed=20480KB)
                                    (mmap: reserved=262144KB, committed=20480KB)

        -                      Code (reserved=49152KB, committed=1024KB)
        -                  Compiler (reserved=12288KB, committed=12288KB) (peak=40000KB)
        -               Arena Chunk (reserved=8192KB, committed=8192KB)
        """;

    assertEquals(21, CommittedMemory.of(books));
  }

  @Test
  void a_jvm_without_such_books_is_no_jvm_without_memory() {
    assertThrows(
        IOException.class, () -> CommittedMemory.of("Native memory tracking is not enabled"));
  }
}
