package org.genesystoken.agent.clients.urlconnection;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.genesystoken.agent.clients.weave.ClassWeave;
import org.genesystoken.agent.clients.weave.Client;
import org.genesystoken.agent.clients.weave.Code;
import org.genesystoken.agent.clients.weave.MethodWeave;
import org.genesystoken.agent.core.policy.TokenPolicy;

/**
 * What is woven into the JDK's connection. As Java, its methods become:
 *
 * <pre>{@code
 * private void writeRequests() {
 *   withdraw(requests, userHeaders);          // what the hop before carried
 *   ...                                       // the JDK builds the headers, and logs them at FINE
 *   present(requests, this);                  // and forgets what the request before was answered
 *   http.writeRequests(requests, poster, streaming());
 *   ...
 * }
 *
 * private InputStream getInputStream0() {
 *   ...
 *   http.parseHTTP(responses, this);
 *   answered(responses, this);                // notes a refusal and what it answers
 *   ...                                       // the JDK's own authentication and redirects
 * }
 *
 * public InputStream getInputStream() {
 *   for (;;) {
 *     try {
 *       ...                                   // the JDK's code; it throws at a refusal, mostly
 *     } catch (IOException failure) {
 *       if (refused(failure, this) != null) throw failure;
 *     }                                       // null: the connection is as new, the loop replays it
 *   }
 * }
 *
 * // where a 401 to a streamed request is dropped, in getInputStream0 and getOutputStream0
 * disconnecting(this, http);
 * disconnectInternal();
 *
 * // HttpURLConnection.StreamingOutputStream, what the app writes a streamed body to
 * public void write(byte[] b, int off, int len) {
 *   streaming(connection, {b, off, len});     // keeps a copy
 *   ...
 * }
 * }</pre>
 *
 * <p>From Java 17 on the JDK's code gives the connection's lock back before the exception is
 * caught; the hook takes it again, so that another thread finds either the 401 or a connection that
 * is as new, and waits for what becomes of it. Between the two, and between the JDK's reading of
 * the status and the hook, there is no wait: a thread that asks for the response code just then
 * sees 401.
 *
 * <p>{@code getOutputStream} has the same loop as {@code getInputStream}: with {@code Expect:
 * 100-continue} a call is refused there. {@code expect100Continue} calls {@code answered} too.
 */
public final class UrlConnectionClient implements Client {
  private static final int WITHDRAW = 0;
  private static final int PRESENT = 1;
  private static final int ANSWERED = 2;
  private static final int REFUSED = 3;
  private static final int REFUSED_BEFORE_BODY = 4;
  private static final int DISCONNECTING = 5;
  private static final int STREAMING = 6;

  private static final String CONNECTION = "sun/net/www/protocol/http/HttpURLConnection";
  private static final String STREAM = CONNECTION + "$StreamingOutputStream";
  private static final String HTTP = "sun/net/www/http/HttpClient";
  private static final String HEADER = "Lsun/net/www/MessageHeader;";

  private final List<BiFunction<Object, Object, Object>> hooks;

  /** Made once, by reflection. */
  public UrlConnectionClient(TokenPolicy policy) {
    CallState.Calls calls = new CallState.Calls();
    hooks =
        Arrays.<BiFunction<Object, Object, Object>>asList(
            new Authorization.Withdraw(),
            new Authorization.Present(policy, calls),
            new Answers.Answered(policy, calls),
            new Replay(calls),
            new Replay.BeforeBody(calls),
            new Answers.Disconnecting(calls),
            new Answers.Streaming(policy, calls));
  }

  @Override
  public List<ClassWeave> weaves() {
    return Arrays.asList(
        ClassWeave.of(
                CONNECTION,
                new WriteRequests(),
                new Answer("getInputStream0", "()Ljava/io/InputStream;", Answer.READ, Answer.DROP),
                new Answer("expect100Continue", "()V", Answer.READ),
                new Answer("getOutputStream0", "()Ljava/io/OutputStream;", Answer.DROP),
                new Rerun("getInputStream", "()Ljava/io/InputStream;", REFUSED),
                new Rerun("getOutputStream", "()Ljava/io/OutputStream;", REFUSED_BEFORE_BODY))
            .needing(
                "requests:" + HEADER,
                "userHeaders:" + HEADER,
                "responses:" + HEADER,
                "inputStream:Ljava/io/InputStream;",
                "errorStream:Ljava/io/InputStream;",
                "rememberedException:Ljava/lang/Exception;",
                "strOutputStream:L" + STREAM + ";",
                "http:L" + HTTP + ";"),
        ClassWeave.of(STREAM, new Write("(I)V"), new Write("([BII)V"))
            .needing("written:J", "this$0:L" + CONNECTION + ";"));
  }

  @Override
  public List<BiFunction<Object, Object, Object>> hooks() {
    return hooks;
  }

  /** Only a call that the JDK has let the app make is ever sent again, on the app's own stack. */
  @Override
  public String[] opens() {
    return new String[] {
      "java.base/java.net",
      "java.base/sun.net",
      "java.base/sun.net.www",
      "java.base/sun.net.www.http",
      "java.base/sun.net.www.protocol.http"
    };
  }

  /**
   * Once per hop. The header is put in after the JDK has logged its headers, so that no log of the
   * app's holds the token, and below the JDK's own preemptive Basic or Digest, which wins.
   */
  private static final class WriteRequests extends MethodWeave {
    WriteRequests() {
      super("writeRequests", "()V");
    }

    @Override
    protected void atEntry(Code code) {
      code.field("requests", HEADER).field("userHeaders", HEADER).hook(WITHDRAW).drop();
    }

    @Override
    protected List<String> calls() {
      return Collections.singletonList(HTTP + ".writeRequests");
    }

    @Override
    protected void beforeCall(String call, Code code) {
      code.field("requests", HEADER).local(0).hook(PRESENT).drop();
    }
  }

  /**
   * Where an answer is read, and where it is dropped. The JDK takes the refused header off when it
   * has the response, and closes the connection of a streamed request with the 401 unread; so both
   * are looked at before.
   */
  private static final class Answer extends MethodWeave {
    private static final String READ = HTTP + ".parseHTTP";
    private static final String DROP = CONNECTION + ".disconnectInternal";

    private final List<String> calls;

    private Answer(String name, String descriptor, String... calls) {
      super(name, descriptor);
      this.calls = Arrays.asList(calls);
    }

    @Override
    protected List<String> calls() {
      return calls;
    }

    @Override
    protected void beforeCall(String call, Code code) {
      if (call.equals(DROP)) {
        code.local(0).field("http", "L" + HTTP + ";").hook(DISCONNECTING).drop();
      }
    }

    @Override
    protected void afterCall(String call, Code code) {
      if (call.equals(READ)) {
        code.field("responses", HEADER).local(0).hook(ANSWERED).drop();
      }
    }
  }

  /** Every accessor of a connection, and the https delegate, comes through these methods. */
  private static final class Rerun extends MethodWeave {
    private final int hook;

    Rerun(String name, String descriptor, int hook) {
      super(name, descriptor);
      this.hook = hook;
    }

    @Override
    protected String rerunsOnThrow() {
      return "java/io/IOException";
    }

    @Override
    protected void onThrow(Code code) {
      code.local(0).hook(hook);
    }
  }

  /** What the app streams; write(byte[]) ends in one of these. */
  private static final class Write extends MethodWeave {
    private final boolean oneByte;

    Write(String descriptor) {
      super("write", descriptor);
      oneByte = descriptor.equals("(I)V");
    }

    @Override
    protected void atEntry(Code code) {
      code.field("this$0", "L" + CONNECTION + ";");
      if (oneByte) {
        code.number(1);
      } else {
        code.array(3);
        code.element(0).local(1).put();
        code.element(1).number(2).put();
        code.element(2).number(3).put();
      }
      code.hook(STREAMING).drop();
    }
  }
}
