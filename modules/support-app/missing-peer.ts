import { messageOf } from "../../common/printable";

/** What to install, if Node.js reports that the framework is missing. */
export function missingPeer(error: unknown): Error | undefined {
  const [, peer] =
    messageOf(error).match(/^Cannot find module '(cdkt[fn]|@cdkt[fn]\/provider-aws|constructs)[/']/) ?? [];
  if (peer === undefined) return undefined;
  const sentence = `Can't write Terraform: ${peer} isn't installed. If package.json has it, run npm ci without --omit=dev; otherwise, run npm install ${peer}.`;
  return Object.assign(new Error(sentence), { stack: sentence }); // no stack trace, since the code isn't at fault
}
