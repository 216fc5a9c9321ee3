package dev.flotilla.provider.lease;

import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Who holds leases. Its name lies beside the spool: whoever finds the one finds the other, and only
 * who has shipped that spool may say that its leases are over.
 *
 * @param life another one after each start
 */
public record Holder(String name, String life) {
  private static final String FILE = "holder";

  /** The holder whose spool is in a folder, in a new life. */
  public static Holder of(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      if (Files.exists(file)) {
        String name = Files.readString(file).strip();
        if (!name.isEmpty()) {
          return new Holder(name, UUID.randomUUID().toString());
        }
      }
      String name = UUID.randomUUID().toString();
      Files.writeString(file, name);
      return new Holder(name, UUID.randomUUID().toString());
    } catch (IOException e) {
      throw new ConfigurationException(
          "flotilla.spool.dir is "
              + folder
              + ", where "
              + FILE
              + " cannot be read or written ("
              + e.getMessage()
              + "); use a folder this process can write to",
          e);
    }
  }
}
