package dev.flotilla.provider.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.provider.FakeLedger;
import dev.flotilla.provider.spool.SpoolConfig.Durability;
import dev.flotilla.testkit.FaultRow;
import io.helidon.config.mp.MpConfigSources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipperTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  @TempDir Path folder;
  private final FakeLedger ledger = FakeLedger.start();
  private final List<LedgerEntry> delivered = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void everything_arrives_once_and_the_spool_becomes_empty() throws Exception {
    try (var spool = open()) {
      write(spool, 0, 1_200);
      ship(spool, LONG);
      assertEquals(1_200, ledger.await(rows -> true).size());
    }
    assertEquals(0, segments());
    assertTrue(ledger.requests() <= 4, ledger.requests() + " requests for 1,200 entries");
    assertTrue(ledger.authorizations().stream().allMatch("Bearer 0123456789abcdef"::equals));
  }

  @Test
  void a_ledger_that_fails_gets_the_same_entries_again() {
    ledger.failNext(4, 500);
    try (var spool = open()) {
      write(spool, 0, 10);
      assertTrue(ship(spool, LONG));
      assertEquals(10, ledger.await(rows -> true).size());
    }
  }

  @Test
  @FaultRow(row = 66, fault = "the ledger has a batch, and its answer is lost")
  void an_answer_that_is_lost_makes_no_second_row() {
    ledger.loseTheNextAnswer();
    try (var spool = open()) {
      write(spool, 0, 10);
      assertTrue(ship(spool, LONG));
      assertEquals(10, ledger.await(rows -> true).size());
      assertTrue(ledger.requests() >= 2);
    }
  }

  @Test
  @FaultRow(row = 68, fault = "the ledger is away until after a restart")
  void what_a_ledger_that_is_away_did_not_take_is_taken_after_the_next_start() {
    ledger.close();
    try (var spool = open()) {
      write(spool, 0, 10);
      assertFalse(ship(spool, Duration.ofMillis(300)));
    }
    try (var back = FakeLedger.start();
        var spool = open()) {
      assertTrue(ship(spool, back, LONG));
      assertEquals(10, back.await(rows -> true).size());
    }
  }

  @Test
  @FaultRow(row = 82, fault = "the ledger rejects one entry of a batch")
  void a_rejected_entry_is_kept_for_a_person_and_the_rest_flows() throws Exception {
    ledger.reject("a3");
    try (var spool = open()) {
      write(spool, 0, 10);
      assertTrue(ship(spool, LONG));
      assertEquals(9, ledger.await(rows -> true).size());
    }
    String letter = Files.readString(folder.resolve("dead-letter.jsonl"));
    assertEquals(1, letter.lines().count());
    assertTrue(letter.contains("\"attempt_id\":\"a3\"") && letter.contains("as asked"), letter);
    assertEquals(1, new DeadLetters(folder).count(), "a restart forgets none");
  }

  @Test
  @FaultRow(row = 82, fault = "the ledger answers 400 to every batch with one entry in it")
  void an_entry_that_spoils_its_batch_is_found_and_the_rest_flows() throws Exception {
    ledger.refuseBatchesWith("a7");
    try (var spool = open()) {
      write(spool, 0, 50);
      assertTrue(ship(spool, LONG));
      assertEquals(49, ledger.await(rows -> true).size());
      assertEquals(50, delivered.size(), "what is refused was spent all the same");
    }
    assertEquals(1, Files.readString(folder.resolve("dead-letter.jsonl")).lines().count());
  }

  @Test
  void an_entry_is_sent_soon_after_it_is_written() {
    try (var spool = open()) {
      var shipper = shipper(spool, ledger);
      shipper.start();
      write(spool, 0, 1);
      ledger.awaitRow("a0");
      write(spool, 1, 2);
      ledger.awaitRow("a1");
      assertTrue(shipper.finish(LONG));
    }
  }

  private boolean ship(Spool spool, Duration patience) {
    return ship(spool, ledger, patience);
  }

  private boolean ship(Spool spool, FakeLedger to, Duration patience) {
    var shipper = shipper(spool, to);
    shipper.start();
    return shipper.finish(patience);
  }

  private Shipper shipper(Spool spool, FakeLedger to) {
    var config =
        ConfigProviderResolver.instance()
            .getBuilder()
            .withSources(MpConfigSources.create(Map.of("flotilla.cost.url", to.url().toString())))
            .build();
    return new Shipper(
        spool,
        new RestLedger(new Settings(config), new ServiceToken("0123456789abcdef")),
        new DeadLetters(folder),
        delivered::add,
        new ShipperConfig(Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofMillis(50)));
  }

  private Spool open() {
    return Spool.open(new SpoolConfig(folder, 65_536, 1 << 24, Durability.PROCESS));
  }

  private static void write(Spool spool, int from, int to) {
    for (int i = from; i < to; i++) {
      LedgerEntry intent = Entries.intent("a" + i);
      spool.intent(intent);
      spool.outcome(Entries.outcome(intent));
    }
  }

  private long segments() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".segment")).count();
    }
  }
}
