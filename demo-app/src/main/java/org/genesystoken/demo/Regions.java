package org.genesystoken.demo;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The platform's regions: AWS name to domain. */
final class Regions {
  private static final Map<String, String> DOMAINS = new LinkedHashMap<>();

  static {
    DOMAINS.put("us-east-1", "mypurecloud.com");
    DOMAINS.put("us-east-2", "use2.us-gov-pure.cloud");
    DOMAINS.put("us-west-2", "usw2.pure.cloud");
    DOMAINS.put("ca-central-1", "cac1.pure.cloud");
    DOMAINS.put("mx-central-1", "mxc1.pure.cloud");
    DOMAINS.put("sa-east-1", "sae1.pure.cloud");
    DOMAINS.put("eu-west-1", "mypurecloud.ie");
    DOMAINS.put("eu-west-2", "euw2.pure.cloud");
    DOMAINS.put("eu-central-1", "mypurecloud.de");
    DOMAINS.put("eu-central-2", "euc2.pure.cloud");
    DOMAINS.put("eusc-de-east-1", "edee1.eusc-pure.cloud");
    DOMAINS.put("me-central-1", "mec1.pure.cloud");
    DOMAINS.put("ap-south-1", "aps1.pure.cloud");
    DOMAINS.put("ap-southeast-1", "apse1.pure.cloud");
    DOMAINS.put("ap-southeast-2", "mypurecloud.com.au");
    DOMAINS.put("ap-northeast-1", "mypurecloud.jp");
    DOMAINS.put("ap-northeast-2", "apne2.pure.cloud");
    DOMAINS.put("ap-northeast-3", "apne3.pure.cloud");
  }

  private Regions() {}

  /** The domain of a region given by AWS name or by domain, or null if there is none. */
  static String domainOf(String region) {
    String wanted = region.trim().toLowerCase(Locale.ROOT);
    return DOMAINS.containsValue(wanted) ? wanted : DOMAINS.get(wanted);
  }
}
