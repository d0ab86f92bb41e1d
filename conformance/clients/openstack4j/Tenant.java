import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.openstack4j.api.Builders;
import org.openstack4j.api.OSClient.OSClientV3;
import org.openstack4j.model.common.ActionResponse;
import org.openstack4j.model.common.Identifier;
import org.openstack4j.model.common.Payloads;
import org.openstack4j.model.compute.Server;
import org.openstack4j.model.image.v2.ContainerFormat;
import org.openstack4j.model.image.v2.DiskFormat;
import org.openstack4j.model.image.v2.Image;
import org.openstack4j.model.network.AttachInterfaceType;
import org.openstack4j.model.network.IPVersionType;
import org.openstack4j.model.network.NetFloatingIP;
import org.openstack4j.model.network.Network;
import org.openstack4j.model.network.Port;
import org.openstack4j.model.network.Router;
import org.openstack4j.model.network.SecurityGroup;
import org.openstack4j.model.network.Subnet;
import org.openstack4j.model.network.options.PortListOptions;
import org.openstack4j.model.storage.block.Volume;
import org.openstack4j.openstack.OSFactory;

/**
 * A tenant's things by openstack4j: network, subnet, router, security group, key, image, volume, server with floating IP and volume, container with
 * object. {@code java -cp LIBRARIES Tenant.java URL USER PASSWORD PROJECT present|absent}; each thing is looked for by its
 * name and made, or deleted, only when that is needed; the last line says {@code changed=N}, so that a second run must
 * say 0.
 */
void main(String[] args) throws Exception {
  var domain = Identifier.byId("default");
  var cloud = OSFactory.builderV3().endpoint(args[0]).credentials(args[1], args[2], domain)
      .scopeToProject(Identifier.byName(args[3]), domain).authenticate();
  var tenant = new Tenant(cloud);
  if (args[4].equals("present")) tenant.present();
  else tenant.absent();
  IO.println("changed=" + tenant.changed);
}

static final class Tenant {
  static final String NAME = "four";
  final OSClientV3 cloud;
  int changed;

  Tenant(OSClientV3 cloud) {
    this.cloud = cloud;
  }

  void present() throws Exception {
    var network = network().orElseGet(made("network", () ->
        cloud.networking().network().create(Builders.network().name(NAME).adminStateUp(true).build())));
    var subnet = subnet().orElseGet(made("subnet", () -> cloud.networking().subnet().create(Builders.subnet().name(NAME)
        .networkId(network.getId()).ipVersion(IPVersionType.V4).cidr("10.64.0.0/24").build())));
    var external = named(cloud.networking().network().list(), Network::getName, "public").orElseThrow();
    router().orElseGet(made("router", () -> {
      var made = cloud.networking().router().create(
          Builders.router().name(NAME).adminStateUp(true).externalGateway(external.getId()).build());
      cloud.networking().router().attachInterface(made.getId(), AttachInterfaceType.SUBNET, subnet.getId());
      return made;
    }));
    var group = group().orElseGet(made("security group", () ->
        cloud.networking().securitygroup().create(Builders.securityGroup().name(NAME).description("ssh").build())));
    if (group().orElseThrow().getRules().stream().noneMatch(rule -> Integer.valueOf(22).equals(rule.getPortRangeMin()))) {
      made("security group rule", () -> cloud.networking().securityrule().create(Builders.securityGroupRule()
          .securityGroupId(group.getId()).direction("ingress").ethertype("IPv4").protocol("tcp")
          .portRangeMin(22).portRangeMax(22).build())).get();
    }
    if (cloud.compute().keypairs().get(NAME) == null) {
      var key = made("key", () -> cloud.compute().keypairs().create(NAME, null)).get();
      require(key.getPrivateKey().contains("PRIVATE KEY"), "a key made by the cloud has its private half");
    }
    var content = Files.write(Files.createTempFile("four", ".raw"), new byte[1 << 20]);
    image().orElseGet(made("image", () -> {
      var made = cloud.imagesV2().create(Builders.imageV2().name(NAME).diskFormat(DiskFormat.RAW)
          .containerFormat(ContainerFormat.BARE).visibility(Image.ImageVisibility.PRIVATE).build());
      done(cloud.imagesV2().upload(made.getId(), Payloads.create(content.toFile()), made));
      return made;
    }));
    require(image().orElseThrow().getStatus() == Image.ImageStatus.ACTIVE, "the image is active");
    var volume = volume().orElseGet(made("volume", () ->
        cloud.blockStorage().volumes().create(Builders.volume().name(NAME).size(1).build())));
    var image = named(cloud.imagesV2().list(), Image::getName, "yunos").orElseThrow();
    var flavor = cloud.compute().flavors().list().stream().filter(each -> each.getName().equals("m1.nano")).findFirst().orElseThrow();
    var server = server().orElseGet(made("server", () -> cloud.compute().servers().bootAndWaitActive(
        Builders.server().name(NAME).image(image.getId()).flavor(flavor.getId()).keypairName(NAME)
            .networks(List.of(network.getId())).addSecurityGroup(NAME).addMetadataItem("made-by", "openstack4j").build(), 60_000)));
    require(server().orElseThrow().getStatus() == Server.Status.ACTIVE, "the server is active");
    require("openstack4j".equals(cloud.compute().servers().get(server.getId()).getMetadata().get("made-by")), "it has its metadata");
    if (addresses(server).isEmpty()) {
      made("floating IP", () -> cloud.networking().floatingip().create(Builders.netFloatingIP()
          .floatingNetworkId(external.getId()).portId(port(server).getId()).build())).get();
    }
    if (cloud.blockStorage().volumes().get(volume.getId()).getAttachments().isEmpty()) {
      await("the volume is available", () -> status(volume) == Volume.Status.AVAILABLE);
      made("attachment", () -> cloud.compute().servers().attachVolume(server.getId(), volume.getId(), null)).get();
    }
    await("the volume is in use", () -> status(volume) == Volume.Status.IN_USE);
    if (cloud.objectStorage().containers().list().stream().noneMatch(each -> each.getName().equals(NAME))) {
      done(made("container", () -> cloud.objectStorage().containers().create(NAME)).get());
      made("object", () -> cloud.objectStorage().objects().put(NAME, "greeting", Payloads.create(
          new java.io.ByteArrayInputStream("ni hao".getBytes(StandardCharsets.UTF_8))))).get();
    }
    var object = Files.createTempFile("four", ".object");
    Files.delete(object);
    cloud.objectStorage().objects().download(NAME, "greeting").writeToFile(object.toFile());
    require(Files.readString(object).equals("ni hao"), "the object comes back as it was");
    Files.delete(object);
    Files.delete(content);
  }

  void absent() throws Exception {
    var server = server();
    if (server.isPresent()) {
      for (var address : addresses(server.get())) gone("floating IP", cloud.networking().floatingip().delete(address.getId()));
      gone("server", cloud.compute().servers().delete(server.get().getId()));
      await("the server is gone", () -> cloud.compute().servers().get(server.get().getId()) == null);
    }
    var volume = volume();
    if (volume.isPresent()) {
      await("the volume is free", () -> status(volume.get()) == Volume.Status.AVAILABLE);
      gone("volume", cloud.blockStorage().volumes().delete(volume.get().getId()));
      await("the volume is gone", () -> volume().isEmpty());
    }
    if (image().isPresent()) gone("image", cloud.imagesV2().delete(image().get().getId()));
    if (cloud.compute().keypairs().get(NAME) != null) gone("key", cloud.compute().keypairs().delete(NAME));
    var router = router();
    if (router.isPresent()) {
      cloud.networking().router().detachInterface(router.get().getId(), subnet().orElseThrow().getId(), null);
      gone("router", cloud.networking().router().delete(router.get().getId()));
    }
    if (network().isPresent()) gone("network", cloud.networking().network().delete(network().get().getId()));
    if (group().isPresent()) gone("security group", cloud.networking().securitygroup().delete(group().get().getId()));
    if (cloud.objectStorage().containers().list().stream().anyMatch(each -> each.getName().equals(NAME))) {
      gone("object", cloud.objectStorage().objects().delete(NAME, "greeting"));
      gone("container", cloud.objectStorage().containers().delete(NAME));
    }
  }

  Optional<Network> network() {
    return named(cloud.networking().network().list(Map.of("name", NAME)), Network::getName, NAME);
  }

  Optional<Subnet> subnet() {
    return named(cloud.networking().subnet().list(), Subnet::getName, NAME);
  }

  Optional<Router> router() {
    return named(cloud.networking().router().list(), Router::getName, NAME);
  }

  Optional<SecurityGroup> group() {
    return named(cloud.networking().securitygroup().list(Map.of("name", NAME)), SecurityGroup::getName, NAME);
  }

  Optional<Image> image() {
    return named(cloud.imagesV2().list(Map.of("name", NAME)), Image::getName, NAME);
  }

  Optional<Volume> volume() {
    return named(cloud.blockStorage().volumes().list(Map.of("name", NAME)), Volume::getName, NAME);
  }

  Optional<Server> server() {
    return named(cloud.compute().servers().list(Map.of("name", NAME)), Server::getName, NAME);
  }

  Volume.Status status(Volume volume) {
    return cloud.blockStorage().volumes().get(volume.getId()).getStatus();
  }

  Port port(Server server) {
    return cloud.networking().port().list(PortListOptions.create().deviceId(server.getId())).getFirst();
  }

  List<NetFloatingIP> addresses(Server server) {
    return new ArrayList<>(cloud.networking().floatingip().list(Map.of("port_id", port(server).getId())));
  }

  static <T> Optional<T> named(List<? extends T> all, Function<T, String> name, String wanted) {
    return all.stream().<T>map(each -> each).filter(each -> wanted.equals(name.apply(each))).findFirst();
  }

  /** What makes a thing, counted as a change; null is openstack4j's way to say 404. */
  <T> Supplier<T> made(String what, Supplier<? extends T> maker) {
    return () -> {
      var made = maker.get();
      require(made != null, what + " was made");
      IO.println("made: " + what);
      changed++;
      return made;
    };
  }

  void gone(String what, ActionResponse answer) {
    done(answer);
    IO.println("deleted: " + what);
    changed++;
  }

  static void done(ActionResponse answer) {
    require(answer.isSuccess(), "done: " + answer.getFault());
  }

  static void require(boolean holds, String what) {
    if (!holds) throw new IllegalStateException("not so: " + what);
  }

  /** Polls a condition; the pause only spares the processor. */
  static void await(String what, Supplier<Boolean> condition) throws InterruptedException {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.get()) {
      require(System.nanoTime() < deadline, what);
      TimeUnit.MILLISECONDS.sleep(300);
    }
  }
}
