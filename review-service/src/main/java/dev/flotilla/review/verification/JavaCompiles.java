package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticListener;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * It is a Java source file that compiles against the JDK alone. Nothing is executed, no annotation
 * processor runs, nothing is read but the JDK, and nothing is written.
 */
record JavaCompiles() implements Verifier {
  private static final int MOST_ERRORS = 5;

  /** With a StackOverflowError, which is the source's doing. */
  private static final String GAVE_UP =
      "the compiler gave up, as it does on what is nested too deeply";

  /**
   * A source can be written so that the compiler hardly ends, and a compiler cannot be stopped. So
   * few are let in, on threads of their own, and whoever waits goes at its deadline.
   */
  private static final ThreadPoolExecutor COMPILERS =
      new ThreadPoolExecutor(
          2,
          2,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(32),
          task -> Thread.ofPlatform().daemon().name("verifying-compiler").unstarted(task));

  static {
    COMPILERS.allowCoreThreadTimeOut(true);
  }

  @Override
  public String name() {
    return "java-compiles";
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    if (artifact.type().equals("diff")) {
      return failed("a diff is no source file; send the file as code");
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      return failed("not verified: the service runs on a JRE without a compiler");
    }
    Future<Verified> compiled;
    try {
      compiled = COMPILERS.submit(() -> compiled(compiler, artifact.content()));
    } catch (RejectedExecutionException e) {
      return failed("not verified: too much waits to be compiled");
    }
    try {
      return compiled.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      compiled.cancel(true);
      return failed("it was not compiled in time");
    } catch (ExecutionException e) {
      return failed(GAVE_UP);
    } catch (InterruptedException e) {
      compiled.cancel(true);
      Thread.currentThread().interrupt();
      return failed("not verified: nobody waits any more");
    }
  }

  private Verified compiled(JavaCompiler compiler, String source) throws IOException {
    var found = new FirstErrors();
    boolean compiles;
    try (var files = new InMemory(compiler.getStandardFileManager(found, Locale.ROOT, null))) {
      compiles =
          compiler
              .getTask(
                  // What a broken compiler prints would otherwise go to this service's stderr.
                  Writer.nullWriter(),
                  files,
                  found,
                  List.of("-proc:none", "-implicit:none"),
                  null,
                  List.of(new Source(source)))
              .call();
    } catch (RuntimeException e) {
      // As the compiler wraps what a listener throws.
      if (!(e.getCause() instanceof FirstErrors.Enough)) {
        throw e;
      }
      compiles = false;
    }
    if (compiles) {
      return passed("it compiles with Java " + Runtime.version().feature());
    }
    return failed(found.errors.isEmpty() ? GAVE_UP : String.join("; ", found.errors));
  }

  /** Ends the compiler with the last error that is shown: a long source may have a million. */
  private static final class FirstErrors implements DiagnosticListener<JavaFileObject> {
    static final class Enough extends RuntimeException {
      private static final long serialVersionUID = 1;

      Enough() {
        super("enough errors", null, false, false);
      }
    }

    final List<String> errors = new ArrayList<>();

    @Override
    public void report(Diagnostic<? extends JavaFileObject> found) {
      if (found.getKind() == Diagnostic.Kind.ERROR) {
        errors.add("line " + found.getLineNumber() + ": " + found.getMessage(Locale.ROOT));
        if (errors.size() == MOST_ERRORS) {
          throw new Enough();
        }
      }
    }
  }

  /** A source whose public class may have any name. */
  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Artifact.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return kind == Kind.SOURCE;
    }
  }

  /** Shows the compiler the JDK's own classes and takes its classes away. */
  private static final class InMemory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    InMemory(StandardJavaFileManager files) throws IOException {
      super(files);
      // Not left unset, which would mean the current directory and this service's own classes.
      files.setLocation(StandardLocation.CLASS_PATH, List.of());
      files.setLocation(StandardLocation.SOURCE_PATH, List.of());
    }

    @Override
    public Iterable<JavaFileObject> list(
        JavaFileManager.Location location,
        String packageName,
        Set<JavaFileObject.Kind> kinds,
        boolean recurse)
        throws IOException {
      // A class path of nothing is read by the JDK as the current directory in some places.
      return location == StandardLocation.CLASS_PATH || location == StandardLocation.SOURCE_PATH
          ? List.of()
          : super.list(location, packageName, kinds, recurse);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        JavaFileManager.Location location,
        String className,
        JavaFileObject.Kind kind,
        FileObject sibling) {
      return new SimpleJavaFileObject(
          URI.create("memory:///" + className.replace('.', '/')), kind) {
        @Override
        public OutputStream openOutputStream() {
          return new ByteArrayOutputStream();
        }
      };
    }
  }
}
