package org.genesystoken.agent.core.config;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;

/**
 * Who can read a file that holds a secret. A class of its own: what it needs of the JDK is loaded
 * only where there is such a file.
 */
public final class FileRights {
  /** What to do about it. */
  static final String REMEDY =
      "take that right away (chmod o-r) or set allow-readable-secrets=true";

  /** What is said of such a file, after its name, while the app runs. */
  public static final String REFUSAL =
      " is not read: every user of this machine can read it, too; " + REMEDY;

  private FileRights() {}

  /**
   * Whether everybody can, of the file that a link leads to.
   *
   * <p>Stricter than nothing and laxer than ssh: a group may read, as a service's group does where
   * a secret belongs to root, and as systemd's credentials (an ACL shows as the group's rights) and
   * Kubernetes' {@code fsGroup} have it. False where the file system knows no such rights.
   */
  public static boolean othersCanRead(File file) {
    try {
      return Files.getPosixFilePermissions(file.toPath()).contains(PosixFilePermission.OTHERS_READ);
    } catch (IOException | RuntimeException e) {
      // not POSIX, or gone: to read it says more
      return false;
    }
  }
}
