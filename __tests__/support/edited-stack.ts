import { type EnvironmentChange, environmentChanges } from "../../cli/commands/review/environment-change";
import { withoutDigest } from "../../cli/terraform/stack";
import type { Terraform } from "../../cli/terraform/synthesized-folder";
import { NOW } from "./now";
import { synthesize } from "./synthesize";

// biome-ignore lint/suspicious/noExplicitAny: the cases change what Terraform has at any place
export type Draft = any;

/** Where the Terraform has the channel of `ONCALL`. */
export const CHANNEL = "channel_T01_C01";
export const ONCALL = "channels: [{ name: oncall, workspace: T01, channel: C01 }]";

/** The Terraform of the environment `paid`, without the digest, which no change by hand would keep. */
export function terraformOf(levels: string): Terraform {
  const text = `environments: { paid: { account: "111122223333", region: us-east-1, ${levels} } }`;
  return withoutDigest(JSON.parse(synthesize(text).paid ?? ""));
}

/** What changes in the environment `paid`. */
export function change(base: Terraform, head: Terraform): EnvironmentChange {
  const [found] = environmentChanges(new Map([["paid", base]]), new Map([["paid", head]]), NOW);
  if (!found) throw new Error("Received no environment, expected one.");
  return found;
}
