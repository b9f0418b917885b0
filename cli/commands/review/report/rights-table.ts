import type { AllowedCases, Difference, Right } from "../../../iam/compare";
import { endIn } from "../../../iam/condition";
import type { Condition, Principal, Targets } from "../../../iam/policy";
import { accountOfPrincipal } from "../../../iam/principal";
import { requesterWords, targetsWords } from "../../../iam/right-words";
import { code, linesOf, tableRow } from "../../../terminal/markdown";
import { untilWords } from "../../../terminal/until-words";
import type { AccessChanges, ChannelChange } from "../../../terraform/access-changes";
import type { RoleAccess } from "../../../terraform/environment-access";
import { folded, roleName, spelledCode } from "./phrases";

type Sign = "gains" | "loses";

/** The table of each action that somebody gains or loses, folded. Nothing to show: no lines. */
export function tableLines(summary: string, { roles, channels }: AccessChanges, account: string | undefined): string[] {
  const ofRoles = roles.flatMap(({ role, movedFrom = role, before, after, permissions, trust }) => {
    const [nameBefore, nameAfter] = [before ?? after, after ?? before].map((one) => roleName(one as RoleAccess));
    const who = (name: string | undefined, isWith: (channel: ChannelChange) => boolean) => {
      const people = channels.filter((channel) => !channel.isMoved && isWith(channel)).map(channelName);
      return people.length > 0 ? `people in ${people.join(", ")}` : `whoever uses the role ${name}`;
    };
    const gaining = who(nameAfter, (channel) => channel.after?.role === role);
    const losing = who(nameBefore, (channel) => channel.before?.role === movedFrom);
    return [
      ...rowsOf(permissions, (_, sign) => (sign === "gains" ? gaining : losing)),
      ...rowsOf(trust, ({ requester }, sign) => {
        const name = sign === "gains" ? nameAfter : nameBefore;
        const foreign = isForeign(requester, account) ? " (**another account**)" : "";
        return `${requesterWords(requester, code)}${foreign}, with the role ${name}`;
      }),
    ];
  });
  // A channel that gets another role gains and loses the difference between the two.
  const ofMoved = channels
    .filter(({ isMoved }) => isMoved)
    .flatMap((channel) => rowsOf(channel.permissions, () => `people in ${channelName(channel)}`));
  const rows = [...ofRoles, ...ofMoved];
  if (rows.length === 0) return [];
  const header = ["| | who | action | on | when | for example |", "|---|---|---|---|---|---|"];
  return folded(`${summary} (${rows.length})`, header, rows);
}

function channelName({ before, after }: ChannelChange): string {
  return code(`#${(after ?? before)?.name}`);
}

function rowsOf({ gained, lost }: Difference, who: (right: Right, sign: Sign) => string): string[] {
  return [
    ...gained.map((right) => rowOf("gains", who(right, "gains"), right)),
    ...lost.map((right) => rowOf("loses", who(right, "loses"), right)),
  ];
}

/** A row of the table: who may do what, on what, and when. */
function rowOf(sign: Sign, who: string, right: Right): string {
  const { action, resource, allowed, otherwise, depends, example } = right;
  const isEverything = resource.patterns.includes("*") && !resource.not;
  const conditions = casesWords(allowed);
  const isPlain = !isPattern(action) && conditions === "" && otherwise === undefined;
  const operators = [...new Set(depends.map(({ operator }) => code(operator)))].join(", ");
  return tableRow([
    depends.length > 0 ? `may ${sign === "gains" ? "gain" : "lose"}` : sign,
    who,
    targetsWords(action, spelledCode),
    isEverything ? "everything" : targetsWords(resource, code),
    [whenWords(sign, conditions, otherwise), operators && `unsupported: ${operators}`].filter(Boolean).join(", "),
    isPlain ? "" : exampleWords(example, isEverything),
  ]);
}

/** When something is allowed or, if it is both before and after, how that changes. */
function whenWords(sign: Sign, conditions: string, onOtherSide: AllowedCases | undefined): string {
  if (!onOtherSide) return conditions;
  const [more, less] = [conditions || "always", casesWords(onOtherSide) || "always"];
  return sign === "gains" ? `${less} → ${more}` : `${more} → ${less}`;
}

/** Empty: always. */
function casesWords({ when, unless }: AllowedCases): string {
  const alternatives = when.map((all) => all.map(allowingWords).join(" and ")).join(", or ");
  const exceptions = unless.map((all) => `unless ${all.map(conditionWords).join(" and ")}`);
  return [alternatives, ...exceptions].filter(Boolean).join(", ");
}

function isPattern({ not, patterns }: Targets): boolean {
  return not || patterns.some((pattern) => /[*?]/.test(pattern));
}

function exampleWords({ action, resource, keys }: Right["example"], isEverything: boolean): string {
  const known = Object.entries(keys).map(([key, values]) =>
    values === undefined
      ? `without ${spelledCode(key)}`
      : `${spelledCode(key)} = ${values.map(code).join(", ") || "none"}`,
  );
  const on = isEverything ? [] : [`on ${code(resource)}`];
  return [[spelledCode(action), ...on].join(" "), ...known].join(", ");
}

/** A condition of something that is allowed. */
function allowingWords(condition: Condition): string {
  const end = endIn(condition);
  return end === undefined ? conditionWords(condition) : untilWords(end);
}

function conditionWords({ operator, key, values }: Condition): string {
  return linesOf(key !== "" && spelledCode(key), code(operator), values.map(code).join(" or ")).join(" ");
}

/** Whether somebody who may assume a role is in another account. */
function isForeign(requester: Principal | undefined, account: string | undefined): boolean {
  const own = requester && accountOfPrincipal(requester);
  return own !== undefined && own !== account;
}
