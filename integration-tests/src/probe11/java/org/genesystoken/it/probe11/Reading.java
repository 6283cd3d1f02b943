package org.genesystoken.it.probe11;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Publisher;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A body handler of the app's, and what the app then reads. */
abstract class Reading<T> {
  interface Read<T> {
    byte[] of(T body) throws Exception;
  }

  abstract BodyHandler<T> handler() throws Exception;

  abstract byte[] bytes(T body) throws Exception;

  static Reading<?> of(String name) {
    switch (name) {
      case "file":
        return reading(
            () -> {
              Path file = Files.createTempFile("probe", ".answer");
              file.toFile().deleteOnExit();
              return BodyHandlers.ofFile(file);
            },
            Files::readAllBytes);
      case "lines":
        return reading(BodyHandlers::ofLines, Reading::joined);
      case "stream":
        return reading(BodyHandlers::ofInputStream, InputStream::readAllBytes);
      case "beginning":
        return reading(BodyHandlers::ofInputStream, Reading::beginning);
      case "publisher":
        return reading(BodyHandlers::ofPublisher, Reading::collected);
      case "subscriber":
        return reading(
            () -> BodyHandlers.fromSubscriber(new OneByOne(), OneByOne::soFar), bytes -> bytes);
      case "limiting":
        return reading(() -> limiting(BodyHandlers.ofByteArray(), 4096), bytes -> bytes);
      case "download":
        return reading(
            () ->
                BodyHandlers.ofFileDownload(
                    Files.createTempDirectory("probe"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE),
            Reading::downloaded);
      case "mapping":
        return reading(
            () -> info -> BodySubscribers.mapping(BodySubscribers.ofInputStream(), Reading::allOf),
            bytes -> bytes);
      case "discarding":
        return reading(BodyHandlers::discarding, nothing -> new byte[0]);
      case "replacing":
        return reading(() -> BodyHandlers.replacing("instead"), Reading::text);
      case "throwing":
        return reading(
            () ->
                info -> {
                  throw new IllegalStateException("no body of a " + info.statusCode());
                },
            nothing -> new byte[0]);
      case "slow":
        return reading(() -> info -> new OneByOne(), bytes -> bytes);
      default:
        return reading(BodyHandlers::ofByteArray, bytes -> bytes);
    }
  }

  private interface Making<T> {
    BodyHandler<T> make() throws Exception;
  }

  private static <T> Reading<T> reading(Making<T> making, Read<T> read) {
    return new Reading<>() {
      @Override
      BodyHandler<T> handler() throws Exception {
        return making.make();
      }

      @Override
      byte[] bytes(T body) throws Exception {
        return read.of(body);
      }
    };
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] beginning(InputStream in) throws IOException {
    try (in) {
      return in.readNBytes(5);
    }
  }

  /** Java 25 and later. */
  @SuppressWarnings("unchecked") // what that method returns
  private static BodyHandler<byte[]> limiting(BodyHandler<byte[]> handler, long limit)
      throws ReflectiveOperationException {
    return (BodyHandler<byte[]>)
        BodyHandlers.class
            .getMethod("limiting", BodyHandler.class, long.class)
            .invoke(null, handler, limit);
  }

  private static byte[] downloaded(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    Files.delete(file.getParent());
    return bytes;
  }

  private static byte[] joined(Stream<String> lines) {
    return text(lines.collect(Collectors.joining("|")));
  }

  private static byte[] collected(Publisher<List<ByteBuffer>> publisher) throws Exception {
    OneByOne all = new OneByOne();
    publisher.subscribe(all);
    return all.getBody().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static byte[] allOf(InputStream in) {
    try (in) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks for one list of buffers at a time, from another thread, and takes no more than that. */
  private static final class OneByOne
      implements BodySubscriber<byte[]>, Flow.Subscriber<List<ByteBuffer>> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> all = new CompletableFuture<>();
    private volatile Subscription subscription;
    private volatile boolean asked;

    byte[] soFar() {
      return bytes.toByteArray();
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return all;
    }

    @Override
    public void onSubscribe(Subscription given) {
      subscription = given;
      ask();
    }

    private void ask() {
      CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS)
          .execute(
              () -> {
                asked = true;
                subscription.request(1);
              });
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      if (!asked) {
        all.completeExceptionally(new IllegalStateException("more than was asked for"));
      }
      asked = false;
      for (ByteBuffer buffer : buffers) {
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
      }
      ask();
    }

    @Override
    public void onError(Throwable failure) {
      all.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      all.complete(bytes.toByteArray());
    }
  }
}
