package org.genesystoken.it.probe;

import java.net.Authenticator;
import java.net.PasswordAuthentication;

/** An app's own Authenticator, that has one answer for everybody. Thread-safe. */
public final class FixedAuthenticator extends Authenticator {
  private final String user;

  /** Of that user, whose password is the same. */
  public FixedAuthenticator(String user) {
    this.user = user;
  }

  @Override
  protected PasswordAuthentication getPasswordAuthentication() {
    return new PasswordAuthentication(user, user.toCharArray());
  }
}
