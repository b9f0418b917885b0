import type { Notify } from "../../../modules/support-app/notify";
import { canonical } from "../../json";
import { code } from "../../markdown";
import type { ChannelChange } from "../../terraform/channel-changes";
import { isKnown, isSameName } from "../../terraform/role-changes";
import { capabilityLines } from "./capability-lines";
import { boundaryWords, pathAndName } from "./role-lines";

/** What people in a channel gain and lose, and what else changes for them. */
export function channelLines(change: ChannelChange): string[] {
  const { before, after, channel, verdict, permissions, trust, isMoved } = change;
  const one = after ?? before;
  if (!one) return [];
  const where = `${code(`#${one.name}`)} (${code(channel)})`;
  const lines: string[] = [];
  const add = (line: string) => lines.push(`- ${line}`);
  if (!before && after) add(`${where} is added, with the role ${code(pathAndName(after.access))}.`);
  if (before && !after) add(`${where} is removed.`);
  const isOther = after !== undefined && (before === undefined || isMoved);
  if (isOther && after.access.name !== "" && after.access.permissions.length === 0) {
    add(`${where}: the role ${code(pathAndName(after.access))} gives no access. If it had an end, that has passed.`);
  }
  lines.push(...capabilityLines(`People in ${where}`, false, change));
  if (before && after) {
    const isReaddressed = isMoved && isSameName(before.access, after.access);
    if (isReaddressed) add(`${where}: its role ${code(pathAndName(after.access))} has a new address in Terraform.`);
    else if (isMoved)
      add(`${where} moves from the role ${code(pathAndName(before.access))} to ${code(pathAndName(after.access))}.`);
    for (const words of boundaryWords(before.access, after.access)) {
      add(isMoved ? `${where}, with its new role: ${words}` : `${where}: ${words}`);
    }
    if (isKnown(trust)) add(`${where}: the trust policy of its role changes: see the table.`);
    if (canonical(before.notify) !== canonical(after.notify)) {
      add(`${where}: its notification settings change: ${notifyWords(before.notify)} → ${notifyWords(after.notify)}.`);
    }
    if (before.name !== after.name) add(`${where} was called ${code(`#${before.name}`)}.`);
  }
  if (lines.length === 0 && verdict !== "unchanged") {
    add(`People in ${where}: ${isKnown(permissions) ? "see the table." : "it is unknown what changes, see below."}`);
  }
  return lines;
}

const SEVERITY_WORDS: Readonly<Record<Notify["severity"], string>> = {
  none: "no notifications",
  high: "high severity",
  all: "all severities",
};

function notifyWords({ severity, on = [] }: Notify): string {
  return on.length > 0 ? `${SEVERITY_WORDS[severity]} (${on.join(", ")})` : SEVERITY_WORDS[severity];
}
