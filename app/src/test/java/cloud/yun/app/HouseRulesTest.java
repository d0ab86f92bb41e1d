package cloud.yun.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The rules of the house (design, section 1), kept by a test.
class HouseRulesTest {
    private static final List<String> ROOMS =
            List.of("identity", "image", "placement", "compute", "network", "blockstorage", "objectstore");
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

    /// Routes parse, call and render; what opens a transaction is a service. These still do it themselves: the list
    /// only
    /// shrinks, and a class that no longer belongs on it must leave it.
    private static final Set<String> ROUTES_WITH_TRANSACTIONS = Set.of(
            "blockstorage.quota.QuotaRoutes",
            "blockstorage.service.ServiceRoutes",
            "compute.instanceaction.InstanceActionRoutes",
            "compute.serverapi.InterfaceRoutes",
            "compute.serverapi.ServerRoutes",
            "identity.assignment.AssignmentRoutes",
            "placement.candidate.CandidateRoutes",
            "placement.resourceclass.ResourceClassRoutes",
            "placement.trait.TraitRoutes");

    @Test
    void routes_openNoTransaction() {
        var found = new TreeSet<String>();
        for (var type : house)
            if (type.getSimpleName().endsWith("Routes")
                    && type.getDirectDependenciesFromSelf().stream()
                            .anyMatch(d -> d.getTargetClass().getName().equals("cloud.yun.kernel.db.Database")))
                found.add(type.getName().substring("cloud.yun.".length()));
        assertThat(found).isEqualTo(new TreeSet<>(ROUTES_WITH_TRANSACTIONS));
    }
}
