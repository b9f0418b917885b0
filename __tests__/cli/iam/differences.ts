import { compare, type Right } from "../../../cli/iam/compare";
import { type Condition, type Policy, readPolicy, type Targets } from "../../../cli/iam/policy";
import { policyText } from "../../support/policy-text";

export type Statement = Readonly<Record<string, unknown>>;

/** A policy of those statements. */
export function policy(...Statement: Statement[]): Policy {
  return readPolicy(policyText(...Statement));
}

/** A difference in words, so that tests read well. */
export function difference(base: Policy, head: Policy): string[] {
  const targets = ({ not, patterns }: Targets) => (not ? "all but " : "") + patterns.join();
  const condition = ({ operator, key, values }: Condition) =>
    `${operator} ${key} = ${values.map((value) => JSON.stringify(value)).join(" or ")}`;
  const formatAlternatives = (alternatives: Right["allowed"]["when"]) =>
    alternatives.map((conditions) => conditions.map(condition).join(" and ")).join(", or ");
  const formatRequester = ({ requester }: Right) => requester && `${requester.type} ${requester.id}`;
  const words = (sign: string) => (right: Right) =>
    [
      right.depends.length > 0 ? `${sign}?` : sign,
      formatRequester(right),
      targets(right.action),
      targets(right.resource),
      right.allowed.when.length > 0 && `if ${formatAlternatives(right.allowed.when)}`,
      right.allowed.unless.length > 0 && `unless ${formatAlternatives(right.allowed.unless)}`,
    ]
      .filter(Boolean)
      .join(" ");
  const { gained, lost, undecided } = compare(base.statements, head.statements);
  const unread = [...base.unreadable, ...head.unreadable].map(({ reason }) => `? ${reason}`);
  return [...gained.map(words("+")), ...lost.map(words("-")), ...new Set(unread), ...undecided.map(targets)];
}

export const SEE = {
  Effect: "Allow",
  Action: ["support:DescribeCases", "support:DescribeCommunications"],
  Resource: "*",
};
export const ONCE = { StringEquals: { "iam:AWSServiceName": "servicequotas.amazonaws.com" } };
export const SLR = { Effect: "Allow", Action: "iam:CreateServiceLinkedRole", Resource: "*", Condition: ONCE };

/** A condition under which something ends. */
export const until = (end: string, conditions: object = {}) => ({
  DateLessThan: { "aws:CurrentTime": end },
  ...conditions,
});
export const DECEMBER = "2026-12-31T00:00:00Z";
export const JANUARY = "2027-01-31T00:00:00Z";
