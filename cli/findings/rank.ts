import * as z from "zod";
import { isEverything } from "../iam/ability-words";
import type { Targets } from "../iam/policy";
import { ACCOUNT_KINDS, type FindingKind } from "./kinds";

/** How much a role gives beyond AWSSupportAppFullAccess, most first. */
const BEYOND = ["everything", "everything-except", "whole-services", "actions", "nothing"] as const;

export const rankSchema = z.strictObject({
  isInUse: z
    .boolean()
    .describe("Whether people in a channel have the role now. If not, somebody could give it to one."),
  beyond: z.enum(BEYOND).describe("What the role gives beyond AWSSupportAppFullAccess."),
  services: z.int().describe("How many services its policies name of that."),
  actions: z.int().describe("How many actions its policies name of that, each with its wildcards."),
});
export type Rank = Readonly<z.infer<typeof rankSchema>>;

/** How much a role gives beyond AWSSupportAppFullAccess, and whether people in a channel have it. */
export function severityRank(excess: readonly Targets[], isInUse: boolean): Rank {
  const actions = [...new Set(excess.flatMap(({ not, patterns }) => (not ? [] : patterns)))];
  const services = new Set(actions.map((action) => action.split(":")[0]));
  const beyond = excess.some(isEverything)
    ? "everything"
    : excess.some(({ not }) => not)
      ? "everything-except"
      : actions.some((action) => /^[^:]+:\*+$/.test(action))
        ? "whole-services"
        : actions.length > 0
          ? "actions"
          : "nothing";
  return { isInUse, beyond, services: services.size, actions: actions.length };
}

interface RankedFinding {
  readonly kind: FindingKind;
  readonly about: readonly string[];
  readonly rank?: Rank | undefined;
}

/** Findings of accounts, most urgent first: by kind, and then what is of the whole account, and what people can do now before what somebody could give, most first. */
export function sortByRank<T extends RankedFinding>(findings: readonly T[]): T[] {
  return ACCOUNT_KINDS.flatMap((kind) =>
    findings
      .filter((finding) => finding.kind === kind)
      .sort((a, b) => Number(isOfAccount(b)) - Number(isOfAccount(a)) || byRank(a.rank, b.rank)),
  );
}

function isOfAccount({ about: [topic] }: RankedFinding): boolean {
  return topic === "account";
}

function byRank(a: Rank | undefined, b: Rank | undefined): number {
  if (!a || !b) return Number(!a) - Number(!b);
  return (
    Number(b.isInUse) - Number(a.isInUse) ||
    BEYOND.indexOf(a.beyond) - BEYOND.indexOf(b.beyond) ||
    b.services - a.services ||
    b.actions - a.actions
  );
}
