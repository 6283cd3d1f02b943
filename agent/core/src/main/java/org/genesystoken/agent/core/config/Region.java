package org.genesystoken.agent.core.config;

/**
 * The public Genesys Cloud regions. A new one needs no release of the agent: {@code
 * hosts=api.<domain>} does.
 */
final class Region {
  /** What the name of an API host begins with; what follows is its domain. */
  static final String API = "api.";

  /** AWS region and domain in turns, as listed by Genesys for its API and login hosts. */
  private static final String[] TABLE = {
    "us-east-1", "mypurecloud.com",
    "eu-west-1", "mypurecloud.ie",
    "eu-central-1", "mypurecloud.de",
    "ap-northeast-1", "mypurecloud.jp",
    "ap-southeast-2", "mypurecloud.com.au",
    "us-west-2", "usw2.pure.cloud",
    "ca-central-1", "cac1.pure.cloud",
    "ap-northeast-2", "apne2.pure.cloud",
    "eu-west-2", "euw2.pure.cloud",
    "ap-south-1", "aps1.pure.cloud",
    "us-east-2", "use2.us-gov-pure.cloud",
    "sa-east-1", "sae1.pure.cloud",
    "me-central-1", "mec1.pure.cloud",
    "ap-northeast-3", "apne3.pure.cloud",
    "eu-central-2", "euc2.pure.cloud",
    "mx-central-1", "mxc1.pure.cloud",
    "ap-southeast-1", "apse1.pure.cloud",
    "eusc-de-east-1", "edee1.eusc-pure.cloud",
  };

  private Region() {}

  /**
   * The domain of a region, or null if it is unknown.
   *
   * @param region AWS name, domain or {@code api.<domain>}, in any case
   */
  static String domain(String region) {
    String name =
        region.regionMatches(true, 0, API, 0, API.length())
            ? region.substring(API.length())
            : region;
    for (int i = 0; i < TABLE.length; i += 2) {
      if (TABLE[i + 1].equalsIgnoreCase(name) || TABLE[i].equalsIgnoreCase(region)) {
        return TABLE[i + 1];
      }
    }
    return null;
  }

  /**
   * The token endpoint that goes with an API host.
   *
   * @param host {@code api.<domain>}
   */
  static String tokenUrl(String host) {
    return "https://login." + host.substring(API.length()) + "/oauth/token";
  }

  /** The known name or domain that is most like this one. */
  static String nearest(String region) {
    return Nearest.of(region, TABLE);
  }
}
