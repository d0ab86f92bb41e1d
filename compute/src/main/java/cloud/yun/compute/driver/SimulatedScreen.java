package cloud.yun.compute.driver;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The screen of every simulated guest: a still grey picture behind a real RFB server on the loopback interface, so
/// that a client's whole way to a console can be gone without guests.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc6143">RFC 6143</a>
final class SimulatedScreen {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedScreen.class);
    private static final byte[] VERSION = "RFB 003.008\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SECURITY_NONE = 1;
    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final int GREY = 0x80;
    private static final int TEXT_MAX = 1 << 20;

    private final ServerSocket socket;

    private SimulatedScreen(ServerSocket socket) {
        this.socket = socket;
    }

    /// @throws IOException this host has no free port
    static SimulatedScreen open() throws IOException {
        var screen = new SimulatedScreen(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().name("simulated-screen").start(screen::accept);
        return screen;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                Thread.ofVirtual().name("simulated-screen-client").start(() -> serve(client));
            } catch (IOException e) {
                LOG.debug("simulated screen: {}", e.getMessage());
            }
        }
    }

    private static void serve(Socket client) {
        try (client) {
            var in = new DataInputStream(client.getInputStream());
            // What belongs together goes out together: old clients take each piece for a message.
            var out = new DataOutputStream(new BufferedOutputStream(client.getOutputStream()));
            greet(in, out);
            while (answer(in, out)) out.flush();
        } catch (IOException e) {
            LOG.debug("simulated screen: {}", e.getMessage()); // whoever looked went away
        }
    }

    private static void greet(DataInputStream in, DataOutputStream out) throws IOException {
        out.write(VERSION);
        out.flush();
        in.readFully(new byte[VERSION.length]);
        out.writeByte(1);
        out.writeByte(SECURITY_NONE);
        out.flush();
        if (in.readUnsignedByte() != SECURITY_NONE) throw new IOException("the client wants another security");
        out.writeInt(0); // accepted
        out.flush();
        in.readUnsignedByte(); // shared or not
        var name = "simulated guest".getBytes(StandardCharsets.US_ASCII);
        out.writeShort(WIDTH);
        out.writeShort(HEIGHT);
        // 32 bits for a pixel, true colour, one byte each for red, green, blue.
        out.write(new byte[] {32, 24, 0, 1, 0, (byte) 255, 0, (byte) 255, 0, (byte) 255, 16, 8, 0, 0, 0, 0});
        out.writeInt(name.length);
        out.write(name);
        out.flush();
    }

    /// @return false when the client has gone or says something unknown
    private static boolean answer(DataInputStream in, DataOutputStream out) throws IOException {
        int type = in.read();
        switch (type) {
            case 0 -> in.skipNBytes(19); // pixel format: grey is grey in all that noVNC asks for
            case 2 -> {
                in.skipNBytes(1);
                in.skipNBytes(4L * in.readUnsignedShort());
            }
            case 3 -> {
                boolean incremental = in.readUnsignedByte() != 0;
                in.skipNBytes(8);
                if (!incremental) picture(out); // the picture never changes
            }
            case 4 -> in.skipNBytes(7);
            case 5 -> in.skipNBytes(5);
            case 6 -> {
                in.skipNBytes(3);
                long length = in.readInt() & 0xFFFFFFFFL;
                if (length > TEXT_MAX) return false;
                in.skipNBytes(length);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void picture(DataOutputStream out) throws IOException {
        out.writeShort(0);
        out.writeShort(1);
        out.writeShort(0);
        out.writeShort(0);
        out.writeShort(WIDTH);
        out.writeShort(HEIGHT);
        out.writeInt(0);
        var pixels = new byte[4 * WIDTH * HEIGHT];
        java.util.Arrays.fill(pixels, (byte) GREY);
        out.write(pixels);
    }
}
