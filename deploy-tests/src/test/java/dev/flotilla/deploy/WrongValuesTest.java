package dev.flotilla.deploy;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A slip in somebody's values is refused, with words that name it. */
class WrongValuesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`provder: {}`|provder",
        "`router: {replicas: 3}`|replicas",
        "`router: {replicaCount: two}`|/router/replicaCount",
        "`runner: {enable: true}`|enable",
        "`provider: {persistence: {size: 1 gigabyte}}`|/provider/persistence/size",
        "`provider: {persistance: {enabled: false}}`|persistance",
        "`defaults: {resources: {limit: {memory: 1Gi}}}`|limit",
        "`image: {registry: registry.example.com/f, tag: latest}`|/image/tag",
        "`image: {registry: registry.example.com/f, pullPolicy: always}`|/image/pullPolicy",
        "`networkPolicy: {enabled: 'yes'}`|/networkPolicy/enabled",
        "`tracing: {ratio: 10}`|/tracing/ratio",
        "`metrics: {prometheusRules: {enabled: true}}`|prometheusRules",
        "`gatewayApi: {enabled: true, parentRef: []}`|parentRef",
        "`providers: {openai: {enabled: true, existingSecret: openai, dedicate: true}}`|dedicate",
        "`verifier: {seccompProfile: unconfined}`|/verifier/seccompProfile",
        "`providers: {openai: {enabled: true, existingSecret: openai, apiKey: sk-1}}`|apiKey",
      })
  void a_typo_is_refused_by_its_name(String typo, String named) throws IOException {
    assertRefused(typo, named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`image: {registry: ''}`|image.registry is empty",
        "`secrets: {existingSecret: ''}`|secrets.existingSecret is empty",
        "`auth: {existingSecret: ''}`|auth.existingSecret is empty",
        "`postgres: {url: 'postgres://db/flotilla'}`|write an address such as jdbc:postgresql://",
        "`redis: {url: 'redis:6379'}`|write an address such as redis://redis:6379",
        "`redis: {url: 'redis://:secret@redis:6379'}`|redis.url has a password in it",
        "`demo: {enabled: false}`|no provider is enabled",
        "`providers: {opanai: {enabled: true, existingSecret: k}}`|providers.opanai is not in the catalogue",
        "`providers: {openai: {enabled: true}}`|providers.openai is enabled without existingSecret",
        "`router: {terminationGracePeriodSeconds: 5}`|router.terminationGracePeriodSeconds is 5",
        "`cost: {autoscaling: {enabled: true, maxReplicas: 1}}`|make maxReplicas the larger one",
        "`verifier: {enabled: true}`|verifiers.yaml has no commands",
        "`config: {files: {verifiers.yaml: 'commands: {py: {artifact: a}}'}}`|set verifier.enabled, or leave them out",
        "`providers: {anthropic: {enabled: true, existingSecret: a, dedicated: true}}\nfullnameOverride: abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz`|fullnameOverride to something shorter",
        "`gatewayApi: {enabled: true}`|gatewayApi.parentRefs",
        "`ingress: {enabled: true}`|ingress.hosts",
        "`console: {oidc: {clientId: flotilla}}`|console.oidc.redirectBase is empty",
        "`metrics: {podMonitor: {enabled: true}, serviceMonitor: {enabled: true}}`|counted twice",
      })
  void what_cannot_work_is_refused_with_what_to_write(String slip, String told) throws IOException {
    assertRefused(slip, told);
  }

  private void assertRefused(String slip, String told) throws IOException {
    // Helm reads only one values file here; of two entries with the same key the slip is to hold.
    String key = slip.substring(0, slip.indexOf(':') + 1);
    String rest =
        Project.read(Project.CHART.resolve("ci/minimal-values.yaml"))
            .lines()
            .filter(line -> !line.startsWith(key))
            .reduce("", (text, line) -> text + line + "\n");
    Path values = Files.writeString(folder.resolve("values.yaml"), rest + slip + "\n");
    var refusal = assertThrows(IllegalStateException.class, () -> Rendering.of(values, Map.of()));
    assertTrue(String.valueOf(refusal.getMessage()).contains(told), refusal.getMessage());
  }
}
