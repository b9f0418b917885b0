import { missingPeer } from "./missing-peer";

/*
 * Loads the framework, so that the error of a project without it names what to install. Every entry point imports this file first.
 */
try {
  require("./framework");
  require("./aws-bindings");
} catch (error) {
  throw missingPeer(error) ?? error;
}
