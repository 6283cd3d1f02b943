/**
 * What a bank's integration looks like: ten years old, plain JDK, a token from its configuration.
 * Nothing here knows of the agent; the demo runs these programs as they are.
 */
package com.example.legacy;
