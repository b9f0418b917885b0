import { describe, oneOf, type Problem } from "../../common/problem";
import type { Conflict, NoEffect } from "./model/conflict";
import { ACCOUNT_ID, MAX_CHANNELS, MAX_TAGS, MAX_WORKSPACES } from "./model/limits";
import { NOTIFY_EVENTS } from "./model/notify";

/** How a reader knows what a conflict names. */
interface Reader {
  /** A property, if not by its name. */
  readonly nameOf?: (property: string) => string;
  /** A value, if it may be one that only Terraform knows. */
  readonly describeValue?: (value: unknown) => string;
  /** The channel or the workspace with an index. */
  readonly labelOf?: (index: number) => string;
}

const MAX: Readonly<Record<Extract<Conflict, { kind: "too-many" }>["of"], string>> = {
  tags: `${MAX_TAGS}, the IAM limit for a role or a policy`,
  channels: `${MAX_CHANNELS}, the AWS limit for an account`,
  workspaces: `${MAX_WORKSPACES}, the AWS limit for an account`,
};

/** A conflict in one or two sentences. */
export function problemOf(conflict: Conflict, reader: Reader = {}): Problem {
  return { path: conflict.path, message: `received ${wordsOf(conflict, reader)}.` };
}

function wordsOf(conflict: Conflict, reader: Reader): string {
  const { nameOf = String, describeValue = describe, labelOf = String } = reader;
  switch (conflict.kind) {
    case "repeated":
      return `${describe(conflict.item)} a second time, expected each ${conflict.of} once`;
    case "too-many":
      return `${conflict.count} ${conflict.of}, expected at most ${MAX[conflict.of]}`;
    case "same-tag": {
      const keys = conflict.keys.map((key) => describe(key)).join(" and ");
      return `the tag keys ${keys}, expected keys that differ in more than case, which IAM ignores`;
    }
    case "no-effect": {
      const { property, value, reason } = conflict;
      return `${describeValue(value)}, expected nothing: ${noEffectWords(reason, nameOf)} ${nameOf(property)}`;
    }
    case "account-needed": {
      const properties = conflict.by.map(nameOf).join(" and ");
      return `nothing, expected ${ACCOUNT_ID.expected}, which is required for ${properties}`;
    }
    case "boundary-elsewhere":
      return `a policy of the account ${conflict.boundaryAccount}, expected one of ${conflict.account} or an AWS managed policy, since IAM accepts no other boundary`;
    case "granted-anyway": {
      const without = nameOf("without");
      return `${describe(conflict.capability)}, expected a capability that is also in ${without}: any other is already granted without an end. Add it to ${without}, or remove it here`;
    }
    case "ends-too-late":
      return `${describe(conflict.until)}, expected an earlier end than ${nameOf("until")} (${conflict.all}), when everything ends. Set an earlier one, or remove the capability from ${nameOf("without")} and from here`;
    case "same-channel": {
      const { channel, workspace, first } = conflict;
      return `${describe(channel)} of ${workspace} a second time, expected each channel once, since it has one role: ${labelOf(first)} has it already. Remove one of the two`;
    }
    case "same-workspace":
      return `${describe(conflict.workspace)} a second time, expected each workspace once: ${labelOf(conflict.first)} has it already`;
    case "events-without-severity":
      return `${conflict.events.join(", ")}, expected no event with the severity none. Remove it, or set severity to high or all`;
    case "severity-without-event":
      return `${describe(conflict.severity)} without an event, expected at least ${oneOf(NOTIFY_EVENTS)} in events. Add one, or set severity to none`;
  }
}

function noEffectWords(reason: NoEffect, nameOf: (property: string) => string): string {
  switch (reason) {
    case "read-only":
      return "read-only has only view-cases. Remove";
    case "no-quota-increases":
      return "this access has no request-quota-increases, so it needs no Service Quotas role. Remove";
    case "aws-managed":
      return `AWS's managed policy can't be changed. Set ${nameOf("policy")} to customer-managed, or remove`;
  }
}
