package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.local.demo.RouterClient;
import dev.flotilla.local.images.Contained;
import dev.flotilla.local.images.Containers;
import dev.flotilla.local.images.ImageBuild;
import dev.flotilla.local.images.Images;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The four images, built and run by podman. They do not learn to start fast here, which takes
 * another minute: {@code ./fleet images --check} does that, and looks at the clock.
 */
class ImagesIT {
  private static final Path TREE = FleetUnderTest.TREE;

  /** Packages of the JDK, with slashes. */
  private static final Map<String, String> MODULE_OF =
      ModuleFinder.ofSystem().findAll().stream()
          .flatMap(
              module ->
                  module.descriptor().packages().stream()
                      .map(name -> Map.entry(name.replace('.', '/'), module.descriptor().name())))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

  @TempDir Path folder;

  /** Of a library that changes classes while debuggers look at them, which none does here. */
  private static final Set<String> NOT_NEEDED = Set.of("jdk.attach", "jdk.jdi");

  @Test
  void the_four_images_answer_together_read_only_as_a_user_and_with_little_memory()
      throws Exception {
    var build = new ImageBuild(TREE, null, FleetPorts.free(), System.out::println);
    build.run(Set.of());
    var shared = new HashSet<>(build.layers(Service.ROUTER));
    for (var service : Service.values()) {
      System.out.println(
          "[images] " + build.name(service) + " " + build.size(service).all() + " bytes");
      shared.retainAll(build.layers(service));
    }
    assertTrue(shared.size() >= 3, "C library, Java and common libraries: " + shared);

    var containers = new Containers(TREE, folder, Images.MEMORY_MB);
    var options =
        containers
            .asTheyAre(build::name, FleetPorts.free())
            .withPartsIn(TREE.resolve("fleet-tests/target/parts"));
    try (var fleet = LocalFleet.start(options)) {
      var body = JsonNodeFactory.instance.objectNode().put("model", "auto");
      body.putArray("messages")
          .addObject()
          .put("role", "user")
          .put("content", "Translate to French: the ship sails at dawn");
      var answer = new RouterClient(fleet.url(), Containers.KEY).ask(body);
      assertTrue(answer.succeeded(), answer::toString);
      assertTrue(answer.cost().signum() > 0, answer::toString);
      for (var service : Service.values()) {
        var contained = Contained.in(fleet, service);
        System.out.println("[images] " + service.label() + " " + contained);
        assertEquals(10_001, contained.user(), service.label());
        assertTrue(contained.readOnlyRoot(), service.label());
        assertTrue(contained.powerless(), service.label());
        assertTrue(contained.mostResident() < Images.MEMORY_MB * 1024L * 1024, contained::toString);
        assertTrue(
            contained.memoryLimit() == Images.MEMORY_MB * 1024L * 1024
                || contained.memoryLimit() == Long.MAX_VALUE,
            contained::toString);
      }
      fleet
          .snapshot()
          .parts()
          .forEach(
              part ->
                  System.out.println(
                      "[images] " + part.name() + " ready after " + part.readyAfterMs() + " ms"));
    } finally {
      containers.removeLeftovers();
    }
  }

  @Test
  void the_java_in_the_images_has_every_module_that_a_service_names() throws Exception {
    new ImageBuild(TREE, null, FleetPorts.free(), System.out::println).layOut();
    var laidOut = TREE.resolve("target/images");
    var has = Files.readString(laidOut.resolve("jre/release"));
    var named = new TreeMap<String, String>();
    try (var files = Files.walk(laidOut)) {
      for (var jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        if (!jar.startsWith(laidOut.resolve("jre"))) {
          modulesNamedIn(jar).forEach(module -> named.put(module, String.valueOf(jar)));
        }
      }
    }
    assertTrue(named.containsKey("java.net.http") && named.containsKey("java.sql"), "" + named);
    named.keySet().removeAll(NOT_NEEDED);
    named
        .keySet()
        .removeIf(module -> has.matches("(?s).*MODULES=\"[^\"]*\\b" + module + "\\b[^\"]*\".*"));
    assertEquals(Map.of(), named, "modules that the images lack, and who names them: " + has);
  }

  private static Set<String> modulesNamedIn(Path jar) throws IOException {
    var modules = new HashSet<String>();
    try (var file = new JarFile(jar.toFile())) {
      for (var entry : Collections.list(file.entries())) {
        if (entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class")) {
          var model = ClassFile.of().parse(file.getInputStream(entry).readAllBytes());
          for (var constant : model.constantPool()) {
            if (constant instanceof ClassEntry type
                && !type.asInternalName().startsWith("[")
                && type.asInternalName().contains("/")) {
              var name = type.asInternalName();
              var module = MODULE_OF.get(name.substring(0, name.lastIndexOf('/')));
              if (module != null) {
                modules.add(module);
              }
            }
          }
        }
      }
    }
    return modules;
  }
}
