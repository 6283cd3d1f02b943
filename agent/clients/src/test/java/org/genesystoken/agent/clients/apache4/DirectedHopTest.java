package org.genesystoken.agent.clients.apache4;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.apache.http.HttpHost;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.protocol.BasicHttpContext;
import org.apache.http.protocol.HttpRequestExecutor;
import org.genesystoken.agent.clients.ScriptedPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@SuppressWarnings("deprecation") // as the client is that this is about
class DirectedHopTest {
  private final org.apache.http.conn.ManagedClientConnection connection =
      (org.apache.http.conn.ManagedClientConnection)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {org.apache.http.conn.ManagedClientConnection.class},
              (proxy, method, arguments) -> isOpen());

  private final CountDownLatch seenOpen = new CountDownLatch(1);
  private final CountDownLatch seenClosed = new CountDownLatch(1);
  private volatile boolean open = true;
  private volatile boolean shutDown;
  private volatile boolean gone;

  @Test
  @Timeout(30)
  void anAbortedCallGoesOnOnlyWhenItsConnectionIsShutDown() throws Exception {
    // given a call without a token to send yet
    ScriptedPolicy policy = new ScriptedPolicy();
    policy.managed = null;
    HttpGet app = new HttpGet("https://" + ScriptedPolicy.HOST + "/");
    DirectedHop hop =
        new DirectedHop(
            policy,
            new HttpRoute(new HttpHost(ScriptedPolicy.HOST, 443, "https")),
            new org.apache.http.impl.client.RequestWrapper(app),
            new BasicHttpContext(),
            new HttpRequestExecutor(),
            connection);

    // when the app aborts it, and the library takes its time to shut down the connection
    app.abort();
    Thread caller = Thread.currentThread();
    Thread aborting = new Thread(() -> shutDown(caller));
    aborting.start();
    hop.present();
    boolean inTime = shutDown;

    // then
    gone = true;
    seenOpen.countDown();
    seenClosed.countDown();
    aborting.join();
    assertThat(inTime).isTrue();
  }

  private boolean isOpen() {
    boolean was = open;
    (was ? seenOpen : seenClosed).countDown();
    return was;
  }

  /** As the library does it, in a thread of the app's and under the connection's lock. */
  private void shutDown(Thread caller) {
    try {
      seenOpen.await();
      synchronized (connection) {
        open = false;
        seenClosed.await();
        while (caller.getState() != Thread.State.BLOCKED && !gone) {
          LockSupport.parkNanos(100_000);
        }
        shutDown = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
