package dev.flotilla.tests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.flotilla.kit.identity.ServiceToken;
import io.helidon.webserver.http.HttpService;
import jakarta.inject.Inject;
import java.net.http.HttpClient;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;

/** What may depend on what. */
@AnalyzeClasses(packages = "dev.flotilla", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureRules {
  private static final String[] SERVICES = {
    "dev.flotilla.router..",
    "dev.flotilla.provider..",
    "dev.flotilla.cost..",
    "dev.flotilla.review.."
  };

  /** Where a service speaks to another one or to a provider; outcomes come out of them. */
  private static final String[] ADAPTERS = {
    "dev.flotilla.router.upstream..",
    "dev.flotilla.router.decisions..",
    // Our own public door, as everybody else asks it.
    "dev.flotilla.router.console.api..",
    // Where people sign in.
    "dev.flotilla.router.console.oidc..",
    "dev.flotilla.provider.lease..",
    "dev.flotilla.provider.spool..",
    "dev.flotilla.provider.transport..",
    "dev.flotilla.review.reviewer.."
  };

  @ArchTest
  static final ArchRule features_form_no_cycle =
      slices().matching("dev.flotilla.(*).(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule contracts_are_plain_data =
      classes()
          .that()
          .resideInAPackage("dev.flotilla.contracts..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.flotilla.contracts..",
              "java..",
              "jakarta.json..",
              "jakarta.ws.rs..",
              "org.eclipse.microprofile.rest.client..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule the_catalogue_knows_no_service_and_no_framework =
      classes()
          .that()
          .resideInAPackage("dev.flotilla.catalog..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.flotilla.catalog..", "java..", "com.fasterxml.jackson..", "org.jspecify..");

  @ArchTest
  static final ArchRule what_is_learned_knows_no_service_and_no_framework =
      classes()
          .that()
          .resideInAPackage("dev.flotilla.learning..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.flotilla.learning..", "java..", "com.fasterxml.jackson..", "org.jspecify..");

  @ArchTest
  static final ArchRule what_puts_findings_together_knows_no_service_and_no_framework =
      classes()
          .that()
          .resideInAPackage("dev.flotilla.judgement..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.flotilla.judgement..",
              "dev.flotilla.learning..",
              "java..",
              "com.fasterxml.jackson..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule the_language_of_pipelines_knows_no_service_and_no_framework =
      classes()
          .that()
          .resideInAPackage("dev.flotilla.pipelines..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.flotilla.pipelines..",
              "dev.flotilla.catalog..",
              "java..",
              "com.fasterxml.jackson..",
              "com.networknt.schema..",
              "dev.cel..",
              // What CEL's trees are made of.
              "com.google.common.collect..",
              "io.pebbletemplates..",
              "org.jspecify..");

  /** What a run does must be able to change without the language noticing. */
  @ArchTest
  static final ArchRule only_the_languages_own_packages_know_how_it_is_compiled =
      noClasses()
          .that()
          .resideInAPackage("dev.flotilla.pipelines..")
          .and()
          .resideOutsideOfPackages(
              "dev.flotilla.pipelines.expression..", "dev.flotilla.pipelines.template..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.cel..", "io.pebbletemplates..");

  @ArchTest
  static final ArchRule the_kit_knows_no_service =
      noClasses()
          .that()
          .resideInAPackage("dev.flotilla.kit..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SERVICES);

  @ArchTest static final ArchRule router_is_no_other_service = serviceIsAlone("router");

  @ArchTest static final ArchRule provider_is_no_other_service = serviceIsAlone("provider");

  @ArchTest static final ArchRule cost_is_no_other_service = serviceIsAlone("cost");

  @ArchTest static final ArchRule review_is_no_other_service = serviceIsAlone("review");

  /** One place per neighbour knows how it is asked; everybody else asks that place. */
  @ArchTest
  static final ArchRule only_adapters_call_other_services =
      noClasses()
          .that()
          .resideInAnyPackage(SERVICES)
          .and()
          .resideOutsideOfPackages(ADAPTERS)
          // Those who answer implement the same interface,
          .and()
          .haveSimpleNameNotEndingWith("Resource")
          // and those who put a service together hand the client to its adapter.
          .and()
          .haveSimpleNameNotEndingWith("Parts")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.flotilla.contracts..")
                  .and(simpleNameEndingWith("Api"))
                  .or(equivalentTo(HttpClient.class))
                  .or(
                      resideInAnyPackage(
                          "org.eclipse.microprofile.rest.client..", "jakarta.ws.rs.client..")));

  /** The rest speaks of outcomes, callers and problems, and can be tested without a server. */
  @ArchTest
  static final ArchRule http_stays_at_the_edge =
      noClasses()
          .that()
          .resideInAPackage("dev.flotilla..")
          .and()
          .resideOutsideOfPackages(ADAPTERS)
          .and()
          .resideOutsideOfPackages(
              // What every service's edge is made of, and the edge itself.
              "dev.flotilla.kit..",
              "..door..",
              // The wire's interfaces carry JAX-RS annotations.
              "dev.flotilla.contracts..",
              "dev.flotilla.testkit..")
          .and()
          .haveSimpleNameNotEndingWith("Resource")
          .and()
          .haveSimpleNameNotEndingWith("Route")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.ws.rs..", "io.helidon.webserver..", "io.helidon.http..");

  /** Filters of JAX-RS do not run there: each has to ask for the token itself. */
  @ArchTest
  static final ArchRule who_serves_beside_jaxrs_asks_for_the_services_token =
      classes()
          .that()
          .implement(HttpService.class)
          // The doors ask for keys.
          .and()
          .resideOutsideOfPackage("dev.flotilla.router.door..")
          .and()
          .resideOutsideOfPackage("dev.flotilla.testkit..")
          .should()
          .dependOnClassesThat(equivalentTo(ServiceToken.class));

  /** Who reads what people and models say can write it nowhere by accident. */
  @ArchTest
  static final ArchRule who_holds_prompts_and_answers_has_no_logger =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.flotilla.router.exchange..",
              "dev.flotilla.router.messages..",
              "dev.flotilla.router.responses..",
              "dev.flotilla.router.embeddings..",
              "dev.flotilla.router.classification..",
              "dev.flotilla.router.validation..",
              "dev.flotilla.router.confidence..",
              "dev.flotilla.router.cache..",
              "dev.flotilla.router.idempotency..",
              "dev.flotilla.provider.dialect.*..",
              "dev.flotilla.provider.embedding..",
              "dev.flotilla.review.reviewer..",
              "dev.flotilla.pipelines..")
          .should()
          .dependOnClassesThat(
              equivalentTo(System.Logger.class)
                  .or(equivalentTo(java.util.logging.Logger.class))
                  .or(equivalentTo(java.io.PrintStream.class)));

  @ArchTest
  static final ArchRule dependencies_come_through_the_constructor =
      noFields().should().beAnnotatedWith(Inject.class).allowEmptyShould(true);

  @ArchTest
  static final ArchRule every_package_is_null_marked =
      classes()
          .that()
          .resideOutsideOfPackage("dev.flotilla.testkit..")
          .should(
              new ArchCondition<JavaClass>("be in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
                  events.add(
                      new SimpleConditionEvent(
                          type, marked, type.getName() + " is not in a @NullMarked package"));
                }
              });

  private static ArchRule serviceIsAlone(String service) {
    String[] others =
        Arrays.stream(SERVICES)
            .filter(s -> !s.contains("." + service + "."))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage("dev.flotilla." + service + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .allowEmptyShould(true);
  }
}
