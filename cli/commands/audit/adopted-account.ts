import type { Region } from "../../../modules/support-app/model/limits";
import { valueIfKnown } from "../../aws/lookup";
import { adoptedEnvironment } from "./adopted-environment";
import type { AuditedAccount } from "./audit-report";
import { type AdoptedAccount, environmentsLines } from "./environments-yaml";
import { setupOf } from "./live-setup";
import type { AccountRead, RegionRead } from "./read-account";
import { incompleteWords } from "./report";

const DEFAULT_REGION: Region = "us-east-1";

/** An account as an environment in the region with most of its channels. @param accountRead everything in it is known */
export function adoptedAccount(account: string, { roles, regions }: AccountRead): AdoptedAccount {
  const countChannels = ({ channels }: RegionRead) => valueIfKnown(channels)?.length ?? 0;
  const [home] = [...regions].sort(
    (a, b) =>
      countChannels(b) - countChannels(a) || Number(b.region === DEFAULT_REGION) - Number(a.region === DEFAULT_REGION),
  );
  return adoptedEnvironment(account, home?.region ?? DEFAULT_REGION, setupOf(roles, regions));
}

const HEADER = [
  "The roles and channels of these accounts as they are: deploying this gives nobody more access, and takes none.",
  "What isn't adopted is in the comments, with what differs. Change that by hand and run audit again, or leave it.",
];

/** What was read, as an environments.yaml. @param unread how many other accounts weren't read */
export function auditYaml(
  accounts: readonly AuditedAccount[],
  adopted: ReadonlyMap<string, AdoptedAccount>,
  unread: number,
): string[] {
  const adoptedAccounts = accounts.flatMap(({ account, name, isClosed, findings }) => {
    const notes = findings.filter(({ answer }) => answer === "unknown").map((finding) => `- ${finding.found}`);
    const unreadAccount = {
      account,
      notes: ["Nothing of it is adopted, since not everything could be read:", ...notes],
    };
    return isClosed ? [] : [{ ...(adopted.get(account) ?? unreadAccount), name }];
  });
  const comments = [...HEADER, ...incompleteWords(accounts, unread)];
  return [...comments.map((line) => `# ${line}`), ...environmentsLines(adoptedAccounts)];
}
