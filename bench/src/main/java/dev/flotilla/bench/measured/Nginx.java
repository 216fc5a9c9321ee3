package dev.flotilla.bench.measured;

import dev.flotilla.bench.machine.ProcessFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** nginx as a plain proxy: about the least a hop can cost. */
public final class Nginx implements Target {
  private final int port;
  private final Process process;

  private Nginx(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /**
   * Starts it; returns when it listens.
   *
   * @param program the path of nginx
   */
  public static Nginx start(Path program, Path folder, int port, URI upstream) {
    try {
      Path config = Files.createDirectories(folder).resolve("nginx.conf");
      Files.writeString(
          config,
          """
          daemon off; worker_processes 1; pid %1$s/nginx.pid; error_log %1$s/error.log;
          events { worker_connections 8192; }
          http {
            access_log off; client_max_body_size 32m; client_body_buffer_size 256k;
            client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
            uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
            keepalive_requests 1000000;
            upstream provider { server %2$s; keepalive 2048; keepalive_requests 1000000; }
            server {
              listen 127.0.0.1:%3$d;
              location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
            }
          }
          """
              .formatted(folder, upstream.getAuthority(), port));
      var process =
          new ProcessBuilder(program.toString(), "-p", folder.toString(), "-c", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out.log").toFile())
              .start();
      Ports.await(port, process);
      return new Nginx(port, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public String url() {
    return "http://127.0.0.1:" + port + "/v1/chat/completions";
  }

  @Override
  public Map<String, List<Long>> processes() {
    return Map.of("nginx", ProcessFacts.tree(process.pid()));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
