package cloud.yun.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/// Writes which requirements the tests of a run proved: `target/requirements.tsv` with id, PASS or FAIL, and test.
///
/// A requirement is proven when at least one marked test ran and none failed. Found by JUnit as a service.
public final class RequirementReport implements TestExecutionListener {
    private final Path file = Path.of("target", "requirements.tsv");

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (!test.isTest()) return;
        var ids = ids(test);
        if (ids.isEmpty()) return;
        var verdict = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? "PASS" : "FAIL";
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) verdict = "SKIP";
        var lines = new StringBuilder();
        for (var id : ids)
            lines.append(id)
                    .append('\t')
                    .append(verdict)
                    .append('\t')
                    .append(name(test))
                    .append('\n');
        write(lines.toString());
    }

    private static Set<String> ids(TestIdentifier test) {
        var ids = new LinkedHashSet<String>();
        test.getSource().ifPresent(source -> {
            if (source instanceof MethodSource method) {
                AnnotationSupport.findAnnotation(method.getJavaMethod(), Requirement.class)
                        .ifPresent(r -> ids.addAll(Set.of(r.value())));
                AnnotationSupport.findAnnotation(method.getJavaClass(), Requirement.class)
                        .ifPresent(r -> ids.addAll(Set.of(r.value())));
            } else if (source instanceof ClassSource type) {
                AnnotationSupport.findAnnotation(type.getJavaClass(), Requirement.class)
                        .ifPresent(r -> ids.addAll(Set.of(r.value())));
            }
        });
        return ids;
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(s -> ((MethodSource) s).getClassName() + "." + ((MethodSource) s).getMethodName())
                .orElse(test.getDisplayName());
    }

    private synchronized void write(String lines) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
