package dev.flotilla.tests;

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
import jakarta.inject.Inject;
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
