package dev.flotilla.review.start;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.CatalogException;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.provider.ProviderAddresses;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.kit.webhook.WebhookConfig;
import dev.flotilla.kit.webhook.WebhookTargets;
import dev.flotilla.kit.webhook.Webhooks;
import dev.flotilla.review.callback.RunCallback;
import dev.flotilla.review.door.Role;
import dev.flotilla.review.panel.HumanVerdict;
import dev.flotilla.review.panel.Resumption;
import dev.flotilla.review.panel.ReviewConfig;
import dev.flotilla.review.panel.ReviewDesk;
import dev.flotilla.review.panel.ReviewMetrics;
import dev.flotilla.review.panel.Reviews;
import dev.flotilla.review.panel.Sittings;
import dev.flotilla.review.people.Caretaker;
import dev.flotilla.review.people.Notices;
import dev.flotilla.review.people.PeopleConfig;
import dev.flotilla.review.people.Questions;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.reliability.TrackRecords;
import dev.flotilla.review.reviewer.Eligibility;
import dev.flotilla.review.reviewer.ModelCaller;
import dev.flotilla.review.reviewer.Panel;
import dev.flotilla.review.reviewer.Prompt;
import dev.flotilla.review.reviewer.Reviser;
import dev.flotilla.review.verification.Verifiers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * The service put together, once, at start. A wrong configuration stops the start; a database that
 * is away does not.
 */
@ApplicationScoped
class ReviewParts {
  @Produces
  @Singleton
  Database database(Settings settings) {
    return Database.open(DatabaseConfig.from(settings, "review"));
  }

  void close(@Disposes Database database) {
    database.close();
  }

  @Produces
  @Singleton
  ReviewConfig config(Settings settings) {
    return ReviewConfig.from(settings);
  }

  @Produces
  @Singleton
  Policies policies(Settings settings) {
    return Policies.read(settings.path("flotilla.config.dir").resolve("review-policies"));
  }

  @Produces
  @Singleton
  Role role(Settings settings) {
    return Role.from(settings);
  }

  @Produces
  @Singleton
  Verifiers verifiers(Settings settings, Role role, HttpCaller caller, ServiceToken token) {
    Path folder = settings.path("flotilla.config.dir");
    boolean elsewhere = settings.optional("flotilla.review.verifier-url").isPresent();
    if (elsewhere && role == Role.VERIFIER) {
      throw new ConfigurationException(
          "flotilla.review.verifier-url is set, and flotilla.review.role is verifier; a verifier asks no other, so take one of them away");
    }
    return elsewhere
        ? Verifiers.withCommandsElsewhere(
            folder, caller, settings.address("flotilla.review.verifier-url"), token)
        : Verifiers.open(folder);
  }

  @Produces
  @Singleton
  PeopleConfig people(Settings settings) {
    return PeopleConfig.from(settings);
  }

  @Produces
  @Singleton
  Caretaker caretaker() {
    return new Caretaker();
  }

  void close(@Disposes Caretaker caretaker) {
    caretaker.close();
  }

  @Produces
  @Singleton
  HttpCaller caller() {
    return new HttpCaller(Duration.ofSeconds(2));
  }

  void close(@Disposes HttpCaller caller) {
    caller.close();
  }

  @Produces
  @Singleton
  WebhookTargets targets(Settings settings) {
    return WebhookTargets.read(
        settings.path("flotilla.config.dir").resolve("webhooks.yaml"), System::getenv);
  }

  @Produces
  @Singleton
  Webhooks webhooks(
      Settings settings, Database database, WebhookTargets targets, HttpCaller caller) {
    return Webhooks.start(database, targets, WebhookConfig.from(settings), caller);
  }

  void close(@Disposes Webhooks webhooks) {
    webhooks.close();
  }

  @Produces
  @Singleton
  Questions questions(
      Database database,
      PeopleConfig config,
      WebhookTargets targets,
      Webhooks webhooks,
      Caretaker caretaker) {
    return new Questions(
        database, config, new HumanVerdict(), new Notices(targets, webhooks), caretaker::wakeUp);
  }

  @Produces
  @Singleton
  TrackRecords records(Database database) {
    return new TrackRecords(database);
  }

  @Produces
  @Singleton
  Sittings sittings(Database database) {
    return new Sittings(database);
  }

  @Produces
  @Singleton
  Reviews reviews(Database database, ReviewConfig config, Questions questions, Sittings sittings) {
    return new Reviews(database, config.keepArtifact(), questions, sittings);
  }

  @Produces
  @Singleton
  Resumption resumption(Database database, Sittings sittings, ReviewDesk desk) {
    return new Resumption(database, sittings, desk);
  }

  void close(@Disposes Resumption resumption) {
    resumption.close();
  }

  @Produces
  @Singleton
  ReviewDesk desk(
      Settings settings,
      Policies policies,
      Verifiers verifiers,
      Reviews reviews,
      Sittings sittings,
      Questions questions,
      ServiceToken token,
      Tracing tracing,
      MetricRegistry registry) {
    var http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    var models = new ModelCaller(http, ProviderAddresses.from(settings), token);
    var prompt = new Prompt();
    return new ReviewDesk(
        eligibility(settings),
        policies,
        verifiers,
        new Panel(models, prompt, tracing),
        new Reviser(models, prompt, tracing),
        reviews,
        sittings,
        new ReviewMetrics(questions, policies, registry));
  }

  private static Eligibility eligibility(Settings settings) {
    Path folder = settings.path("flotilla.config.dir").resolve("catalog");
    try {
      Catalog usable = Catalog.read(folder, settings.names("flotilla.providers.enabled"));
      return new Eligibility(usable, Catalog.readAll(folder), new SecureRandom());
    } catch (CatalogException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Without this they would be opened by the first request, and a mistake would be found by a
   * caller.
   */
  void open(
      @Observes @Initialized(ApplicationScoped.class) Object start,
      Role role,
      Verifiers verifiers,
      Instance<Database> database,
      Instance<Resumption> resumption,
      Instance<Questions> questions,
      Instance<Caretaker> caretaker,
      Instance<PeopleConfig> people,
      HttpCaller caller,
      ServiceToken token) {
    if (role == Role.VERIFIER) {
      return;
    }
    resumption.get().start();
    String callback = people.get().callback();
    caretaker
        .get()
        .start(
            database.get(),
            questions.get(),
            callback == null ? null : new RunCallback(caller, callback, token));
  }
}
