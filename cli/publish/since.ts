import { CAPABILITIES } from "../../modules/support-app/capability";
import { compare } from "../review/compare";
import { readDocument, type Statement } from "../review/policy";
import type { AccessDocument, PolicyDocument, PublishedAccess, PublishedChannel } from "./access-document";

/** What changed for somebody since an earlier publication, as sentences in plain text. */
export interface Change {
  readonly environment: string;
  readonly text: string;
  /** Whether somebody can do more. */
  readonly gives: boolean;
}

/** What access changed between two publications. */
export function changesSince(before: AccessDocument, after: AccessDocument): Change[] {
  const [was, is] = [byKey(before), byKey(after)];
  const keys = [...new Set([...was.keys(), ...is.keys()])].sort();
  return keys.flatMap((key) => {
    const [old, now] = [was.get(key), is.get(key)];
    const { environment, name, who } = (now ?? old) as Holder;
    const say = (gives: boolean, text: string): Change => ({ environment, text, gives });
    const could = (holder: Holder | undefined) => holder?.access.capabilities ?? [];
    if (!old) return [say(true, `${name} comes, with ${could(now).join(", ")}.`)];
    if (!now) return [say(false, `${name} goes.`)];
    const gained = CAPABILITIES.filter((one) => could(now).includes(one) && !could(old).includes(one));
    const lost = CAPABILITIES.filter((one) => could(old).includes(one) && !could(now).includes(one));
    const policy = compare(statementsOf(old.access.policy), statementsOf(now.access.policy));
    const trust = compare(statementsOf(old.access.trust), statementsOf(now.access.trust));
    const hasOther = gained.length + lost.length === 0 && policy.gained.length + policy.lost.length > 0;
    const [boundary, newBoundary] = [old, now].map(({ access }) => access.permissionsBoundary ?? "none");
    return [
      ...(gained.length > 0 ? [say(true, `${who} gain ${gained.join(", ")}.`)] : []),
      ...(lost.length > 0 ? [say(false, `${who} lose ${lost.join(", ")}.`)] : []),
      ...(hasOther ? [say(policy.gained.length > 0, `${who} have another policy with the same capabilities.`)] : []),
      ...(trust.gained.length > 0 ? [say(true, `${who} have a role that more may assume.`)] : []),
      ...(boundary === newBoundary
        ? []
        : [say(true, `${who} have another permissions boundary: ${boundary} becomes ${newBoundary}.`)]),
    ];
  });
}

/** Somebody who has access: the people in a channel or, where there is none in code, whoever uses the role. */
interface Holder {
  readonly environment: string;
  readonly name: string;
  readonly who: string;
  readonly access: PublishedAccess;
}

function byKey({ environments }: AccessDocument): ReadonlyMap<string, Holder> {
  const all = new Map<string, Holder>();
  for (const { name: environment, accesses, channels } of environments) {
    for (const access of accesses) {
      const own = channels.filter((channel) => channel.access === access.access);
      for (const channel of own) {
        const name = `#${channel.name}`;
        all.set(`${environment} ${keyOf(channel)}`, { environment, name, who: `People in ${name}`, access });
      }
      if (own.length > 0) continue;
      const role = `role ${access.roleArn.slice(access.roleArn.lastIndexOf("/") + 1)}`;
      const who = `Channels that were configured by hand with the ${role}`;
      all.set(`${environment} ${access.access}`, { environment, name: `The ${role}`, who, access });
    }
  }
  return all;
}

function keyOf({ workspace, channel }: PublishedChannel): string {
  return `${workspace} ${channel}`;
}

function statementsOf(document: PolicyDocument): readonly Statement[] {
  return readDocument(JSON.stringify(document)).statements;
}
