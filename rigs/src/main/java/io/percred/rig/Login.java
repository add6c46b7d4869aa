package io.percred.rig;

/** A user of a rig's server. The passwords of rigs are throw-away. */
public record Login(String user, String password) {
  @Override
  public String toString() {
    return user;
  }
}
