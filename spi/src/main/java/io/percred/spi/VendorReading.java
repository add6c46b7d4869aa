package io.percred.spi;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A vendor's URL and connection properties as the vendor's own driver understands them.
 *
 * @param parameters what the URL itself gives, whether in front of the question mark or behind it
 * @param hosts every host that may be connected to
 * @param secrecy what becomes of secrets on the way there
 */
public record VendorReading(List<Parameter> parameters, List<Host> hosts, Secrecy secrecy) {
  /** Copies the lists. */
  public VendorReading {
    parameters = List.copyOf(parameters);
    hosts = List.copyOf(hosts);
  }

  /** Shows no value. */
  @Override
  public String toString() {
    return "VendorReading" + parameters + hosts;
  }

  /**
   * A parameter of the URL.
   *
   * @param name as the driver's own properties call it
   * @param value decoded
   */
  public record Parameter(String name, String value) {
    /** Shows no value. */
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * A machine.
   *
   * @param name or address; an IPv6 address in brackets
   * @param port the number
   */
  public record Host(String name, int port) {
    @Override
    public String toString() {
      return name + ':' + port;
    }
  }

  /**
   * What becomes of secrets on the way to the hosts.
   *
   * @param ofTokens how a token that is sent on the open connection could be read by others, or
   *     null if it could not
   * @param ofPasswords the same for a password that logs in
   * @param precautions properties of the driver with which a password is kept from who must not
   *     read it; neither URL nor properties give them
   * @param machines whose secret the driver takes by itself, whatever host the URL names, such as
   *     "the password file of pgjdbc"; null if it takes none
   */
  public record Secrecy(
      @Nullable Exposure ofTokens,
      @Nullable Exposure ofPasswords,
      Map<String, String> precautions,
      @Nullable String machines) {
    /** Copies the map. */
    public Secrecy {
      precautions = Map.copyOf(precautions);
    }
  }

  /**
   * A way for others to read a secret.
   *
   * @param reason a clause, such as "sslmode=prefer does not insist on TLS"
   * @param remedy a sentence
   */
  public record Exposure(String reason, String remedy) {}
}
