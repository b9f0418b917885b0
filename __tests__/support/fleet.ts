import { type AccessDocument, publishedEnvironment } from "../../cli/commands/publish/access-document";
import { parseEnvironments } from "../../stacks/environments/environments";

const YAML = `environments:
  env:
    account: "000000000000"
    region: us-east-1
    account-alias: Payments
    read-only: { channels: [{ name: support-watch, workspace: T012ABCDEFG, channel: C01234A5BCD }] }
    full: { channels: [{ name: support-oncall, workspace: T012ABCDEFG, channel: C09876Z5YXW }] }
`;

/** The account of the environment of that number. */
export function fleetAccount(index: number): string {
  return String(100_000_000_000 + index);
}

/** Who can do what in that many environments with two channels each, `env-0`, `env-1` and so on, each in an account of its own. */
export function fleetDocument(count: number): AccessDocument {
  const [environment] = parseEnvironments(YAML, "environments.yaml");
  if (environment === undefined) throw new Error("The file has no environment.");
  const published = JSON.stringify(publishedEnvironment(environment));
  const environments = Array.from({ length: count }, (_, index): typeof first => ({
    ...JSON.parse(published.replaceAll("000000000000", fleetAccount(index))),
    name: `env-${index}`,
  }));
  const first = JSON.parse(published) as AccessDocument["environments"][number];
  return { schemaVersion: 1, version: "1.0.0", environments };
}
