import { messageOf } from "../../common/printable";

/*
 * Loads the framework, so that the error of a project without it names what to install. Every entry point imports this file first.
 */
try {
  require("./framework");
  require("./aws-bindings");
} catch (error) {
  throw missingPeer(error) ?? error;
}

/** What to install, if Node.js reports that the framework is missing. */
export function missingPeer(error: unknown): Error | undefined {
  const [, peer] =
    messageOf(error).match(/^Cannot find module '(cdkt[fn]|@cdkt[fn]\/provider-aws|constructs)[/']/) ?? [];
  if (peer === undefined) return undefined;
  const sentence = `${peer} isn't installed. Run: npm install ${peer}`;
  return Object.assign(new Error(sentence), { stack: sentence }); // no stack trace, since the code isn't at fault
}
