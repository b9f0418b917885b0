import type { Finding } from "../../cli/findings/finding";
import type { AccountKind } from "../../cli/findings/kinds";
import type { AuditedAccount } from "../../cli/reports/audit-report";
import { fleetAccount } from "./fleet";

/** What an audit finds in that many accounts, with two channels each and, in every fifth, something wrong. */
export function auditedFleet(count: number): AuditedAccount[] {
  return Array.from({ length: count }, (_, index) => auditedAccountOf(index));
}

function auditedAccountOf(index: number): AuditedAccount {
  const account = fleetAccount(index);
  const arn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  const channel = { region: "us-east-1", workspace: "T012ABCDEFG" };
  return {
    account,
    name: `team-${index}-production`,
    roles: [
      { arn: arn("AWSSupportAppFullRole"), can: "view-cases, create-cases, reply-to-cases and resolve-cases" },
      { arn: arn("AWSSupportAppReadOnlyRole"), can: "view-cases" },
    ],
    channels: [
      { ...channel, channel: "C09876Z5YXW", name: "support-oncall", role: arn("AWSSupportAppFullRole") },
      { ...channel, channel: "C01234A5BCD", name: "support-watch", role: arn("AWSSupportAppReadOnlyRole") },
    ],
    ...{ workspaces: [], aliases: [], hasServiceQuotasRole: false },
    findings: index % 5 === 1 ? [administrators(account), noChannel(account)] : [],
  };
}

function findingOf(account: string, kind: AccountKind, rest: Omit<Finding, "subject" | "kind" | "answer">): Finding {
  return { subject: { account }, kind, answer: "unhealthy", ...rest };
}

function administrators(account: string): Finding {
  return findingOf(account, "audit-administrators", {
    ...{ resource: "role AWSSupportAppFullRole", about: ["role", "AWSSupportAppFullRole"] },
    impact: "People in #support-oncall (C09876Z5YXW of T012ABCDEFG) can do everything in the account.",
    expected: "nothing beyond AWSSupportAppFullAccess",
    found: "it may call * (its policies: AdministratorAccess)",
    fix: {
      text: "Detach those of its policies that allow more, or give the channels another role. If nobody needs the role, delete it.",
      commands: [],
    },
  });
}

function noChannel(account: string): Finding {
  return findingOf(account, "audit-no-channel", {
    ...{ resource: "role SupportAppOfAnEarlierTeam", about: ["role", "SupportAppOfAnEarlierTeam"] },
    impact: "Whoever may configure channels can give it to one, and people in it can then view-cases.",
    expected: "a channel that has it",
    found: "no channel has it",
    fix: {
      text: "Delete the role if nobody needs it, or remove the Support App from its trust policy.",
      commands: [`aws iam list-attached-role-policies --role-name SupportAppOfAnEarlierTeam --profile ${account}`],
    },
  });
}
