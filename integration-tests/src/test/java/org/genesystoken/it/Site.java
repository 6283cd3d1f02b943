package org.genesystoken.it;

import java.io.IOException;

/** What is on the network: Genesys, a host that must never see a token, and a proxy. */
record Site(FakeGenesys genesys, FakeGenesys elsewhere, ConnectProxy proxy)
    implements AutoCloseable {
  Site() {
    this(new FakeGenesys(), new FakeGenesys(), new ConnectProxy());
  }

  void reset() {
    genesys.reset();
    elsewhere.reset();
    proxy.forget();
  }

  void forget() {
    genesys.forget();
    elsewhere.forget();
    proxy.forget();
  }

  @Override
  public void close() throws IOException {
    genesys.close();
    elsewhere.close();
    proxy.close();
  }
}
