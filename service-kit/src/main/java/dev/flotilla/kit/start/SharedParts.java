package dev.flotilla.kit.start;

import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.kit.telemetry.TracingConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;

/** What every service has one of. Read once at start; a wrong value stops it. */
@ApplicationScoped
class SharedParts {
  @Produces
  @Singleton
  Settings settings(Config config) {
    return new Settings(config);
  }

  @Produces
  @Singleton
  ServiceToken serviceToken(Settings settings) {
    return new ServiceToken(settings.secret("flotilla.service.token"));
  }

  @Produces
  @Singleton
  Tracing tracing(Settings settings) {
    return Tracing.start(TracingConfig.from(settings));
  }

  void stop(@Disposes Tracing tracing) {
    tracing.close();
  }
}
