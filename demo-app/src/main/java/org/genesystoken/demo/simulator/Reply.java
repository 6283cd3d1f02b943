package org.genesystoken.demo.simulator;

/** An HTTP answer with a JSON body. Immutable. */
final class Reply {
  final int status;
  final String json;

  Reply(int status, String json) {
    this.status = status;
    this.json = json;
  }
}
