package org.genesystoken.it.probe;

/** One HTTP client of the app. Thread-safe. */
public interface HttpCaller {
  /** Makes the call and notes everything that the app can see of it. */
  void call(Call call, Outcome outcome) throws Exception;

  /**
   * Makes the call as briefly as an app does.
   *
   * @return the status, or an exception's description if there is no answer
   */
  String status(Call call) throws Exception;
}
