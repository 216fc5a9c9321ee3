package dev.flotilla.kit.backup;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * {@code write SCHEMA FILE} and {@code restore SCHEMA FILE}, with a service's own jar and settings:
 * restoring makes that service's migrations first. Ends with 0, or with 1 and a sentence.
 */
public final class BackupMain {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private BackupMain() {}

  public static void main(String[] words) {
    if (words.length != 3 || !(words[0].equals("write") || words[0].equals("restore"))) {
      System.err.println("Say: write SCHEMA FILE, or restore SCHEMA FILE");
      System.exit(2);
    }
    try {
      long rows = run(words[0], words[1], Path.of(words[2]));
      System.out.printf(Locale.ROOT, "%s: %d rows%n", words[1], rows);
      System.exit(0);
    } catch (NotRestored | ConfigurationException | SQLException | IOException e) {
      System.err.println("Not done: " + e.getMessage());
      System.exit(1);
    }
  }

  private static long run(String what, String schema, Path file)
      throws SQLException, IOException, NotRestored {
    var config = DatabaseConfig.from(new Settings(ConfigProvider.getConfig()), schema);
    try (var database = Database.open(config)) {
      if (!database.awaitMigrated(PATIENCE)) {
        throw new SQLException(config + " cannot be reached, or its migrations failed");
      }
      try (Connection connection = database.pool().getConnection()) {
        return what.equals("write")
            ? Backup.write(connection, schema, file)
            : Backup.restore(connection, schema, file);
      }
    }
  }
}
