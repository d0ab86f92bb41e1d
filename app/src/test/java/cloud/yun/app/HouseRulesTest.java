package cloud.yun.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The rules of the house (design, section 1), kept by a test.
class HouseRulesTest {
    private static final List<String> ROOMS =
            List.of("identity", "image", "placement", "compute", "network", "blockstorage");
    private static final DescribedPredicate<JavaClass> IN_A_ROOM =
            DescribedPredicate.describe("are in a room", type -> room(type).isPresent());
    private static JavaClasses house;

    @BeforeAll
    static void read() {
        house = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("cloud.yun");
    }

    private static Optional<String> room(JavaClass type) {
        var name = type.getPackageName() + ".";
        return ROOMS.stream()
                .filter(r -> name.startsWith("cloud.yun." + r + "."))
                .findFirst();
    }

    @Test
    void kernelAndHost_knowNoRoomAndNotTheApp() {
        noClasses()
                .that()
                .resideInAnyPackage("cloud.yun.kernel..", "cloud.yun.host..")
                .should()
                .dependOnClassesThat(IN_A_ROOM)
                .check(house);
    }

    @Test
    void host_doesNotKnowTheKernel() {
        noClasses()
                .that()
                .resideInAPackage("cloud.yun.host..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("cloud.yun.kernel..")
                .check(house);
    }

    @Test
    void aRoom_knowsAnotherOnlyThroughItsFrontDoor() {
        classes()
                .that(IN_A_ROOM)
                .should(new ArchCondition<>("use only the front doors of other rooms") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        var own = room(type).orElseThrow();
                        for (var dependency : type.getDirectDependenciesFromSelf()) {
                            var target = dependency.getTargetClass();
                            var other = room(target);
                            if (other.isEmpty() || other.get().equals(own)) continue;
                            if (!target.getPackageName().equals("cloud.yun." + other.get()))
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                        }
                    }
                })
                .check(house);
    }

    @Test
    void agentsAndDrivers_neverTouchTheDatabase() {
        noClasses()
                .that()
                .resideInAnyPackage("cloud.yun.*.driver..", "cloud.yun.*.agent..", "cloud.yun.network.linuxbridge..")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are a store or the database",
                        type -> type.getPackageName().startsWith("cloud.yun.kernel.db")
                                || type.getPackageName().startsWith("cloud.yun")
                                        && type.getSimpleName().endsWith("Store")))
                .check(house);
    }

    @Test
    void onlyTheApp_knowsTheApp() {
        noClasses()
                .that()
                .resideOutsideOfPackage("cloud.yun.app..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("cloud.yun.app..")
                .check(house);
    }

    @Test
    void noName_saysNothing() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)")
                .check(house);
    }

    @Test
    void routes_doNotTouchTheDatabase() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Routes")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("cloud.yun.kernel.db..")
                .check(house);
    }
}
