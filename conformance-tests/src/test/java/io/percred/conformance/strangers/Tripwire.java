package io.percred.conformance.strangers;

import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import org.postgresql.plugin.AuthenticationPlugin;
import org.postgresql.plugin.AuthenticationRequestType;

/** A class that no list has, of the types that pgjdbc looks for: a URL led whoever makes it. */
public final class Tripwire extends SSLSocketFactory
    implements HostnameVerifier, CallbackHandler, AuthenticationPlugin {
  /** As pgjdbc makes it. */
  public Tripwire() {
    Alarms.classMade();
  }

  @Override
  public Socket createSocket() {
    return new Socket();
  }

  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose) {
    return plain;
  }

  @Override
  public Socket createSocket(String host, int port) {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    return createSocket();
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return new String[0];
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return new String[0];
  }

  @Override
  public boolean verify(String host, SSLSession session) {
    return true;
  }

  @Override
  public void handle(Callback[] callbacks) {}

  @Override
  public char[] getPassword(AuthenticationRequestType type) {
    return new char[0];
  }
}
