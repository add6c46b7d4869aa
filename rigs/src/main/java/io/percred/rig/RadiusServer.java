package io.percred.rig;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on the loopback interface whether a user's token is good, as a RADIUS server does (RFC 2865,
 * password authentication): what PostgreSQL asks at each login with the method {@code radius}. So
 * the database keeps no password, and a token that is revoked here opens nothing from then on.
 * Passwords are up to 128 bytes long. Thread-safe.
 */
public final class RadiusServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RadiusServer.class);

  private static final int ACCESS_REQUEST = 1;
  private static final int ACCESS_ACCEPT = 2;
  private static final int ACCESS_REJECT = 3;
  private static final int USER_NAME = 1;
  private static final int USER_PASSWORD = 2;
  private static final int HEADER = 20;
  private static final int AUTHENTICATOR = 16;
  private static final int LONGEST_PACKET = 4096;

  private final DatagramSocket socket;
  private final byte[] secret;
  private final Map<String, String> tokens = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile boolean silent;

  private RadiusServer(DatagramSocket socket, String secret) {
    this.socket = socket;
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Starts a server that accepts nobody yet.
   *
   * @param secret what it shares with the database
   */
  public static RadiusServer start(String secret) throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    RadiusServer server = new RadiusServer(socket, secret);
    Thread thread = new Thread(server::serve, "percred-radius");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  /** The port of {@code 127.0.0.1} that it listens on. */
  public int port() {
    return socket.getLocalPort();
  }

  /** From now on this is the user's token, and no other. */
  public void accept(String user, String token) {
    tokens.put(user, token);
  }

  /** From now on no token of the user's is good. */
  public void revoke(String user) {
    tokens.remove(user);
  }

  /** Whether it leaves requests without an answer, as one that is down does. */
  public void beSilent(boolean down) {
    silent = down;
  }

  /** The users it was asked about, in order, once for each request. */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** Stops listening. */
  @Override
  public void close() {
    socket.close();
  }

  private void serve() {
    byte[] buffer = new byte[LONGEST_PACKET];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        byte[] request = Arrays.copyOf(packet.getData(), packet.getLength());
        if (request.length >= HEADER && request[0] == ACCESS_REQUEST) {
          byte[] answer = answer(request);
          if (!silent) {
            socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
          }
        }
      } catch (IOException | GeneralSecurityException e) {
        if (!socket.isClosed()) {
          LOG.warn("A RADIUS request was not answered", e);
        }
      }
    }
  }

  private byte[] answer(byte[] request) throws GeneralSecurityException {
    byte[] authenticator = Arrays.copyOfRange(request, HEADER - AUTHENTICATOR, HEADER);
    String user = new String(attribute(request, USER_NAME), StandardCharsets.UTF_8);
    String token = revealed(attribute(request, USER_PASSWORD), authenticator);
    asked.add(user);
    boolean good = token.equals(tokens.get(user));
    ByteBuffer answer = ByteBuffer.allocate(HEADER);
    answer.put((byte) (good ? ACCESS_ACCEPT : ACCESS_REJECT)).put(request[1]);
    answer.putShort((short) HEADER);
    // RFC 2865, section 3: over the answer with the request's authenticator in it, and the secret.
    MessageDigest digest = MessageDigest.getInstance("MD5");
    digest.update(answer.array(), 0, HEADER - AUTHENTICATOR);
    digest.update(authenticator);
    digest.update(secret);
    return answer.put(digest.digest()).array();
  }

  private static byte[] attribute(byte[] packet, int type) {
    int at = HEADER;
    while (at + 2 <= packet.length) {
      int length = Math.max(2, packet[at + 1] & 0xff);
      if (packet[at] == type) {
        return Arrays.copyOfRange(packet, at + 2, at + length);
      }
      at += length;
    }
    return new byte[0];
  }

  /** RFC 2865, section 5.2: blocks of sixteen bytes, each under a digest of the one before. */
  private String revealed(byte[] hidden, byte[] authenticator) throws GeneralSecurityException {
    byte[] plain = new byte[hidden.length];
    byte[] previous = authenticator;
    for (int block = 0; block < hidden.length; block += AUTHENTICATOR) {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      digest.update(secret);
      byte[] mask = digest.digest(previous);
      for (int i = block; i < Math.min(block + AUTHENTICATOR, hidden.length); i++) {
        plain[i] = (byte) (hidden[i] ^ mask[i - block]);
      }
      previous = Arrays.copyOfRange(hidden, block, block + AUTHENTICATOR);
    }
    String padded = new String(plain, StandardCharsets.UTF_8);
    int end = padded.indexOf('\0');
    return end < 0 ? padded : padded.substring(0, end);
  }
}
