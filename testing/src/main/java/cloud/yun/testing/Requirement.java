package cloud.yun.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// Names the requirements whose acceptance a test proves. `./yun requirements` reads it from the test reports.
///
/// Only the test that does what the acceptance text says carries the mark: a unit test of a part does not.
@Tag("requirement")
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Requirement {
    /// @return requirement ids as in the requirements table, for example `S3.86`
    String[] value();
}
