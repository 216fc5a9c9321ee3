package dev.flotilla.kit.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.postgresql.PGConnection;

/**
 * A schema's rows in a zip file: {@code about.json} says which migrations it had and which
 * partitions, and each table is one entry in the text form of PostgreSQL's COPY. Written from one
 * snapshot while everybody works on; restored in one transaction, or not at all.
 */
public final class Backup {
  private static final String ABOUT = "about.json";
  private static final String HISTORY = "flyway_schema_history";

  private Backup() {}

  /**
   * Writes a schema's rows as they are at this moment.
   *
   * @param connection in no transaction; left in none
   * @return how many rows
   */
  public static long write(Connection connection, String schema, Path file)
      throws SQLException, IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    long rows = 0;
    try (var zip = new ZipOutputStream(Files.newOutputStream(unfinished))) {
      List<String> tables = Tables.inOrder(connection, schema);
      ObjectNode about = Json.object().put("schema", schema);
      var migrations = about.putArray("migrations");
      Tables.migrations(connection, schema).forEach(migrations::add);
      var partitions = about.putArray("partitions");
      for (Tables.Partition partition : Tables.partitions(connection, schema)) {
        ObjectNode one = partitions.addObject();
        one.put("name", partition.name())
            .put("of", partition.parent())
            .put("bound", partition.bound())
            .put("options", partition.options());
        var triggers = one.putArray("triggers");
        Tables.ownTriggers(connection, schema, partition.name()).forEach(triggers::add);
      }
      ObjectNode columns = about.putObject("tables");
      var copy = connection.unwrap(PGConnection.class).getCopyAPI();
      for (String table : tables) {
        if (table.equals(HISTORY)) {
          continue;
        }
        String names = Tables.columns(connection, schema, table);
        columns.put(table, names);
        zip.putNextEntry(new ZipEntry(table));
        rows +=
            copy.copyOut(
                "copy (select %s from %s) to stdout".formatted(names, Tables.quoted(schema, table)),
                open(zip));
        zip.closeEntry();
      }
      zip.putNextEntry(new ZipEntry(ABOUT));
      zip.write(Json.bytes(about));
      zip.closeEntry();
    } finally {
      connection.rollback();
    }
    Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
    return rows;
  }

  /**
   * Fills a schema that is migrated and has no row yet. Its triggers stay silent meanwhile: what
   * they would count is in the backup.
   *
   * @param connection in no transaction; left in none
   * @return how many rows
   * @throws NotRestored when there are rows already, or the schema is another version's
   */
  public static long restore(Connection connection, String schema, Path file)
      throws SQLException, IOException, NotRestored {
    connection.setAutoCommit(false);
    try (var zip = new ZipFile(file.toFile())) {
      JsonNode about = about(zip, file);
      requireSameSchema(connection, schema, about);
      long rows = fill(connection, schema, zip, about);
      connection.commit();
      return rows;
    } finally {
      connection.rollback();
    }
  }

  private static long fill(Connection connection, String schema, ZipFile zip, JsonNode about)
      throws SQLException, IOException, NotRestored {
    Map<String, String> columns = new LinkedHashMap<>();
    about.path("tables").properties().forEach(t -> columns.put(t.getKey(), t.getValue().asText()));
    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    long rows = 0;
    try (var statement = connection.createStatement()) {
      List<String> there =
          Tables.partitions(connection, schema).stream().map(p -> p.name()).toList();
      for (JsonNode partition : about.path("partitions")) {
        if (!there.contains(partition.path("name").asText())) {
          divide(statement, schema, partition);
        }
      }
      for (String table : columns.keySet()) {
        String name = Tables.quoted(schema, table);
        statement.execute("lock table " + name + " in access exclusive mode");
        try (var found = statement.executeQuery("select exists (select from " + name + ")")) {
          found.next();
          if (found.getBoolean(1)) {
            throw new NotRestored(
                "%s.%s has rows already; a backup goes into an empty database only, so stop the fleet and name an empty one"
                    .formatted(schema, table));
          }
        }
        statement.execute("alter table " + name + " disable trigger user");
      }
      for (var table : columns.entrySet()) {
        String name = Tables.quoted(schema, table.getKey());
        try (InputStream lines = zip.getInputStream(zip.getEntry(table.getKey()))) {
          rows += copy.copyIn("copy %s (%s) from stdin".formatted(name, table.getValue()), lines);
        }
        statement.execute("alter table " + name + " enable trigger user");
      }
      for (String next : Tables.sequences(connection, schema)) {
        statement.execute(next);
      }
    }
    return rows;
  }

  private static void divide(Statement statement, String schema, JsonNode partition)
      throws SQLException {
    String options = partition.path("options").asText();
    statement.execute(
        "create table %s partition of %s %s%s"
            .formatted(
                Tables.quoted(schema, partition.path("name").asText()),
                Tables.quoted(schema, partition.path("of").asText()),
                partition.path("bound").asText(),
                options.isEmpty() ? "" : " with (" + options + ")"));
    for (JsonNode trigger : partition.path("triggers")) {
      statement.execute(trigger.asText());
    }
  }

  private static JsonNode about(ZipFile zip, Path file) throws IOException, NotRestored {
    ZipEntry entry = zip.getEntry(ABOUT);
    if (entry == null) {
      throw new NotRestored(file + " is no backup: it has no " + ABOUT);
    }
    try (InputStream bytes = zip.getInputStream(entry)) {
      return Json.parseObject(bytes.readAllBytes());
    } catch (NotJson e) {
      throw new NotRestored(file + " is no backup: its " + ABOUT + " is not JSON");
    }
  }

  private static void requireSameSchema(Connection connection, String schema, JsonNode about)
      throws SQLException, NotRestored {
    var then = new ArrayList<String>();
    about.path("migrations").forEach(migration -> then.add(migration.asText()));
    if (!about.path("schema").asText().equals(schema)) {
      throw new NotRestored(
          "this is a backup of schema %s, not of %s"
              .formatted(about.path("schema").asText(), schema));
    }
    List<String> now = Tables.migrations(connection, schema);
    if (!then.equals(now)) {
      throw new NotRestored(
          "the backup's schema %s has the migrations %s and the database %s; restore it with the version that wrote it, and upgrade then"
              .formatted(schema, then, now));
    }
  }

  /** The zip, which COPY must not close. */
  private static OutputStream open(ZipOutputStream zip) {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        zip.write(one);
      }

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        zip.write(bytes, from, length);
      }
    };
  }
}
