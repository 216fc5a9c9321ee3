package dev.flotilla.kit.start;

import dev.flotilla.kit.settings.ConfigurationException;
import io.helidon.logging.common.LogConfig;
import io.helidon.microprofile.server.ServerCdiExtension;
import jakarta.enterprise.inject.spi.CDI;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where every service's process begins. Ends with status 2 and one clear sentence when the
 * configuration is wrong.
 */
public final class ServiceMain {
  static {
    LogConfig.initClass();
  }

  private ServiceMain() {}

  public static void main(String[] arguments) {
    try {
      io.helidon.microprofile.cdi.Main.main(arguments);
    } catch (RuntimeException e) {
      String sentence = wrongConfiguration(e);
      if (sentence != null) {
        System.err.println("Not started: " + sentence);
        // exit, because Helidon's half-started threads would keep the process alive
        System.exit(2);
      }
      e.printStackTrace();
      System.exit(1);
    }
    if (!serving()) {
      System.err.println("Not started: a port could not be opened; the log above says which");
      System.exit(1);
    }
    if (Boolean.parseBoolean(System.getenv("FLOTILLA_EXIT_WITH_PARENT"))) {
      Thread.ofPlatform().daemon().name("parent-watch").start(ServiceMain::exitWhenTheParentIsGone);
    }
  }

  /** Helidon logs a port it cannot open, takes itself down and would end with status 0. */
  private static boolean serving() {
    try {
      return CDI.current().getBeanManager().getExtension(ServerCdiExtension.class).port() > 0;
    } catch (IllegalStateException noContainer) {
      return false;
    }
  }

  /** A parent that is killed cannot stop its children, but the pipe it held open closes with it. */
  private static void exitWhenTheParentIsGone() {
    InputStream fromParent = System.in;
    try {
      while (fromParent.read() >= 0) {
        // the parent never writes; only the end counts
      }
    } catch (IOException e) {
      System.err.println("The pipe to the parent broke: " + e.getMessage());
    }
    System.exit(0);
  }

  private static @Nullable String wrongConfiguration(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof ConfigurationException) {
        return t.getMessage();
      }
    }
    return null;
  }
}
