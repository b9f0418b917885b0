import type { AllowedCases, Difference, Right } from "../../../iam/compare";
import { endIn } from "../../../iam/condition";
import type { Condition, Principal, Targets } from "../../../iam/policy";
import { accountOfPrincipal } from "../../../iam/principal";
import { requesterWords, targetsWords } from "../../../iam/right-words";
import { untilWords } from "../../../iam/until-words";
import { code, linesOf, tableRow } from "../../../terminal/markdown";
import type { AccessChanges, ChannelChange } from "../../../terraform/access-changes";
import type { RoleAccess } from "../../../terraform/environment-access";
import { foldedLines, roleName, spelledCode } from "./phrases";

type Sign = "gains" | "loses";

/** The table of each action that somebody gains or loses, folded. Nothing to show: no lines. */
export function tableLines(summary: string, { roles, channels }: AccessChanges, account: string | undefined): string[] {
  const ofRoles = roles.flatMap(({ role, movedFrom = role, before, after, permissions, trust }) => {
    const [nameBefore, nameAfter] = [before ?? after, after ?? before].map((role) => roleName(role as RoleAccess));
    const peopleWith = (name: string | undefined, isWith: (channel: ChannelChange) => boolean) => {
      const people = channels.filter((channel) => !channel.isMoved && isWith(channel)).map(channelName);
      return people.length > 0 ? `people in ${people.join(", ")}` : `whoever uses the role ${name}`;
    };
    const gaining = peopleWith(nameAfter, (channel) => channel.after?.role === role);
    const losing = peopleWith(nameBefore, (channel) => channel.before?.role === movedFrom);
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
  return foldedLines(`${summary} (${rows.length})`, header, rows);
}

function channelName({ before, after }: ChannelChange): string {
  return code(`#${(after ?? before)?.name}`);
}

function rowsOf({ gained, lost }: Difference, peopleWords: (right: Right, sign: Sign) => string): string[] {
  return [
    ...gained.map((right) => rowOf("gains", peopleWords(right, "gains"), right)),
    ...lost.map((right) => rowOf("loses", peopleWords(right, "loses"), right)),
  ];
}

/** A row of the table: who may do what, on what, and when. */
function rowOf(sign: Sign, people: string, right: Right): string {
  const { action, resource, allowed, otherwise, depends, example } = right;
  const isEverything = resource.patterns.includes("*") && !resource.not;
  const conditions = casesWords(allowed);
  const isPlain = !isPattern(action) && conditions === "" && otherwise === undefined;
  const operators = [...new Set(depends.map(({ operator }) => code(operator)))].join(", ");
  return tableRow([
    depends.length > 0 ? `may ${sign === "gains" ? "gain" : "lose"}` : sign,
    people,
    targetsWords(action, spelledCode),
    isEverything ? "everything" : targetsWords(resource, code),
    [whenWords(sign, conditions, otherwise), operators && `unsupported: ${operators}`].filter(Boolean).join(", "),
    isPlain ? "" : exampleWords(example, isEverything),
  ]);
}

/** When something is allowed or, if it is both before and after, how that changes. */
function whenWords(sign: Sign, conditions: string, onOtherSide: AllowedCases | undefined): string {
  if (!onOtherSide) return conditions;
  const [moreCases, lessCases] = [conditions || "always", casesWords(onOtherSide) || "always"];
  return sign === "gains" ? `${lessCases} → ${moreCases}` : `${moreCases} → ${lessCases}`;
}

/** Empty: always. */
function casesWords({ when, unless }: AllowedCases): string {
  const alternatives = when.map((conditionSet) => conditionSet.map(allowingWords).join(" and ")).join(", or ");
  const exceptions = unless.map((conditionSet) => `unless ${conditionSet.map(conditionWords).join(" and ")}`);
  return [alternatives, ...exceptions].filter(Boolean).join(", ");
}

function isPattern({ not, patterns }: Targets): boolean {
  return not || patterns.some((pattern) => /[*?]/.test(pattern));
}

function exampleWords({ action, resource, keys }: Right["example"], isEverything: boolean): string {
  const knownKeys = Object.entries(keys).map(([key, values]) =>
    values === undefined
      ? `without ${spelledCode(key)}`
      : `${spelledCode(key)} = ${values.map(code).join(", ") || "none"}`,
  );
  const resourceWords = isEverything ? [] : [`on ${code(resource)}`];
  return [[spelledCode(action), ...resourceWords].join(" "), ...knownKeys].join(", ");
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
  const ownAccount = requester && accountOfPrincipal(requester);
  return ownAccount !== undefined && ownAccount !== account;
}
