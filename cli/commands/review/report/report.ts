import { formatList } from "../../../../common/format-list";
import { groupByKey } from "../../../../common/group-by-key";
import { distinct } from "../../../../common/json";
import { actionsOf, CAPABILITIES, CAPABILITY_WORDS } from "../../../../modules/support-app/model/capability";
import { ENVIRONMENT_FILE } from "../../../../stacks/output/environment-file";
import type { ChangedFiles } from "../../../forge/forge";
import { code, codeBlock, linesOf, tableRow } from "../../../terminal/markdown";
import { codeIn } from "../changed-code";
import type { EnvironmentChange, Note, PlannedChange, Review, SettingChange, UnprovenPlace } from "../review";
import type { Report, Section } from "./sections";
import { environmentSections, folded, peopleSections, settingSections, tableSections, withoutAccount } from "./tables";
import { channelCell, environmentCell, environmentsWords, isShortened, nameWords, valueCell } from "./words";

/** What a report says beside the review. */
export interface Remarks {
  /** The last line's beginning: which commit this is about. */
  readonly reviewed?: string;
  /** The files of the change. Undefined: no forge lists them. */
  readonly changedFiles?: ChangedFiles;
  /** The environments whose plans are running. */
  readonly awaited?: readonly string[];
  /** How many environments could be planned, but are too many for one matrix of jobs. */
  readonly unplanned?: number;
}

/** The report on a change: the worst fact first. */
export function reportOf(
  review: Review,
  { reviewed, changedFiles, awaited = [], unplanned = 0 }: Remarks = {},
): Report {
  const { environments } = review;
  const suspects = environments.filter(isSuspect);
  const changes = environments.filter(({ kind }) => kind !== "unchanged");
  const settings = (isShown: (setting: SettingChange) => boolean, noun: string, title = noun) =>
    settingSections(changes, noun, title, (setting) => !setting.isNew && isShown(setting));
  return {
    head: [`## ${suspects.length > 0 ? suspicion(suspects.length, review.total) : headline(review)}`, ""],
    sections: [
      ...(changedFiles ? codeSections(changedFiles) : []),
      ...placeSections(suspects),
      ...(suspects.length > 0 ? [aboutFile(headline(review))] : []),
      ...peopleSections(changes),
      ...section("what is taken over, moved or removed", noteLines(review)),
      ...breachSections(review),
      ...settings(({ compared }) => compared === "access", "what decides access"),
      ...settings(({ compared }) => compared !== "access", "setting", "settings"),
      ...section("what a new name means", newNameLines(changes)),
      ...section("what this means", meaningLines(changes)),
      ...newSections(changes),
      ...planSections(review, awaited, unplanned),
      ...shortenedSections(environments.filter(isOfForm), "what is written differently"),
      ...section("the last line", [lastLine(review, reviewed), ""]),
    ],
  };
}

function section(title: string, lines: readonly string[]): Section[] {
  return lines.length === 0 ? [] : [{ title, lines }];
}

/** Maximum number of files in a sentence. */
const MAX_CODE = 10;

/** Code of the change, which has written what is compared. */
function codeSections({ paths, areAll }: ChangedFiles): Section[] {
  const files = codeIn(paths).map(code);
  if (files.length === 0 && areAll) return [];
  const remainder = areAll ? "" : ", and files that aren't listed";
  const start =
    files.length > 0
      ? `**This change also has code:** ${formatList(files, MAX_CODE)}${remainder}`
      : "**This change may also have code,** in files that aren't listed";
  const line = `${start}. Code writes what is compared here: this report is the word of whoever wrote the code. Read it yourself.`;
  const rows = files.length > MAX_CODE ? files.map((file) => tableRow([file])) : [];
  return [
    ...section("the code of this change", [line, ""]),
    ...tableSections(["file"], rows, "the code of this change").map(({ title, lines }) => ({
      title,
      lines: folded("The files that may be code", lines),
    })),
  ];
}

/** Whether somebody must look at the Terraform itself: it changes, and isn't what environments.yaml gives. */
function isSuspect({ kind, unproven }: EnvironmentChange): boolean {
  return kind !== "unchanged" && unproven.length > 0;
}

function suspicion(count: number, total: number): string {
  return `Read this yourself: ${count} of ${total} environments ${count === 1 ? "has" : "have"} more than environments.yaml says`;
}

/** Whether the environment can't be read, so that nothing is compared. */
const isUnknown = ({ kind, unproven }: EnvironmentChange) =>
  kind === "changed" &&
  unproven.some(({ address, attribute }) => address === ENVIRONMENT_FILE && attribute === undefined);
const isGaining = ({ people }: EnvironmentChange) => people.some(({ gains }) => gains.length > 0);
const isLosing = ({ people }: EnvironmentChange) => people.some(({ loses }) => loses.length > 0);
const hasNote = (kind: Note["kind"]) => (change: EnvironmentChange) => change.notes.some((note) => note.kind === kind);
const hasSetting = (isMeant: (setting: SettingChange) => boolean) => (change: EnvironmentChange) =>
  change.settings.some((setting) => !setting.isNew && isMeant(setting));

/** What may be in a headline, the worst first: what happens in environments, or what they do, also if it is one. */
const FACTS: readonly (readonly [words: string, holds: (change: EnvironmentChange) => boolean, ofOne?: string])[] = [
  ["what environments.yaml changes is unknown", isUnknown],
  ["people gain access", isGaining],
  ["what exists is taken over", hasNote("takes-over")],
  ["are in another environment's account", hasNote("shares-account"), "is in another environment's account"],
  ["move", hasNote("moves"), "moves"],
  ["what decides access changes", hasSetting(({ compared }) => compared === "access")],
  ["people lose access", isLosing],
  ["are retired or no longer retired", hasNote("retired"), "is retired or no longer retired"],
  ["are removed from the file", ({ kind }) => kind === "removed", "is removed from the file"],
  ["are new", ({ kind }) => kind === "new", "is new"],
  ["settings change", hasSetting(({ compared }) => compared !== "access")],
  ["AWS was changed by hand", ({ plan }) => (plan?.byHand ?? []).length > 0],
];

/** What happens in how many environments. */
function headline({ environments, total }: Review): string {
  const facts = FACTS.flatMap(([words, holds, ofOne]) => {
    const count = environments.filter(holds).length;
    return count === 0
      ? []
      : [{ words: count === 1 ? (ofOne ?? words) : words, count, isOfEnvironments: ofOne !== undefined }];
  });
  if (facts.length === 0) return "Nobody's access changes";
  const texts = facts.map(({ words, count, isOfEnvironments }, index) => {
    const number = index === 0 ? `${count} of ${total} environment${total === 1 ? "" : "s"}` : `${count}`;
    return isOfEnvironments ? `${number} ${words}` : `${words} in ${number}`;
  });
  const [first = ""] = texts;
  return [`${first[0]?.toUpperCase()}${first.slice(1)}`, ...texts.slice(1)].join(", ");
}

/** What isn't from environments.yaml. Environments in which it is alike, but for their own accounts, share a table. */
function placeSections(suspects: readonly EnvironmentChange[]): Section[] {
  const tables = suspects.map((change) => ({
    change,
    rows: [...change.unproven]
      .sort((a, b) => Number(isOutput(a)) - Number(isOutput(b)))
      .map((place) => tableRow([placeCell(place), contentCell(place)])),
  }));
  const groups = groupByKey(tables, ({ change, rows }) => withoutAccount(rows.join("\n"), change));
  return [...groups.values()].flatMap((group) => {
    const [{ change, rows }] = group;
    const names = environmentsWords(group.map(({ change }) => change.environment));
    const title = group.length === 1 ? environmentCell(change, true) : `**${names}**`;
    const introduction = `${title}, written beside or instead of what environments.yaml gives:`;
    const subject = `what ${names} has beside environments.yaml`;
    return [
      ...tableSections(["where", "what is there"], rows, subject).map((table) => ({
        ...table,
        lines: [introduction, "", ...table.lines],
      })),
      ...shortenedSections(
        group.map(({ change }) => change),
        subject,
      ),
    ];
  });
}

/** A fold of environments, if a sentence about them names only the first ones. */
function shortenedSections(changes: readonly EnvironmentChange[], title: string): Section[] {
  if (!isShortened(changes)) return [];
  return environmentSections(
    changes.map((change) => ({ change })),
    title,
  );
}

/** An output gives nobody anything, and the digest among them follows from the rest. */
function isOutput({ address }: UnprovenPlace): boolean {
  return address.startsWith("output.");
}

function placeCell({ address, attribute }: UnprovenPlace): string {
  return code(attribute === undefined ? address : `${address}, ${attribute}`);
}

function contentCell({ expected, actual, isUnchanged }: UnprovenPlace): string {
  const [from, to] = [expected, actual].map((value) => valueCell(value, valueText(value)));
  const words =
    expected === undefined ? `added: ${to}` : actual === undefined ? `missing: ${from}` : `expected ${from}, is ${to}`;
  return isUnchanged ? `${words} (as before)` : words;
}

function valueText(value: unknown): string | undefined {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function aboutFile(words: string): Section {
  const lines = [
    "Nobody can say what this gives. Below is what environments.yaml alone says.",
    "",
    `### Without it: ${words[0]?.toLowerCase()}${words.slice(1)}`,
    "",
  ];
  return { title: "what environments.yaml says", lines };
}

/** What is taken over, moves, stays or wasn't allowed, a line each. */
function noteLines({ environments, sharedStates }: Review): string[] {
  const lines = [
    ...environments.flatMap((change) => change.notes.map((note) => noteWords(change, note))),
    ...sharedStates.map(
      (names) =>
        `${names.map(nameWords).join(" and ")} keep their state in one place, before or after this change: a deploy of one destroys what the state has of the other.`,
    ),
    ...[...breachGroups(environments)].map(([words, changes]) => {
      const names = environmentsWords(changes.map(({ environment }) => environment));
      return `rules.yaml: ${names} would not have been allowed before: ${words}.`;
    }),
  ];
  return lines.length === 0 ? [] : [...lines.map((line) => `- ${line}`), ""];
}

/** The environments that the rules didn't allow before, by what they didn't allow. */
function breachGroups(environments: readonly EnvironmentChange[]): ReadonlyMap<string, EnvironmentChange[]> {
  const breaches = environments.flatMap((change) => change.breaches.map((breach) => ({ change, words: code(breach) })));
  const groups = groupByKey(breaches, ({ words }) => words);
  return new Map([...groups].map(([words, group]) => [words, group.map(({ change }) => change)]));
}

function breachSections({ environments }: Review): Section[] {
  const members = [...breachGroups(environments)].flatMap(([words, changes]) =>
    isShortened(changes) ? changes.map((change) => ({ change, cells: [words] })) : [],
  );
  return environmentSections(members, "what was not allowed before", ["rule"]);
}

function noteWords({ environment, account }: EnvironmentChange, note: Note): string {
  const name = nameWords(environment);
  switch (note.kind) {
    case "takes-over": {
      if (note.channel !== undefined)
        return `${name} takes over the configuration of ${channelCell(`#${note.channel}`, note.channelId ?? {})}, which was made by hand.`;
      const policy = note.policy === undefined ? "" : ` and the policy ${code(note.policy)}`;
      const effect = policy === "" ? "" : ": its content is replaced, for every role and user that it is attached to";
      const former = note.formerEnvironment === undefined ? undefined : nameWords(note.formerEnvironment);
      const [owner, remark] =
        former === undefined ? ["", ""] : [` of ${former}`, ` Channels that ${former} leaves behind use it, too.`];
      return `${name} imports the role ${code(String(note.role))}${owner}${policy}${effect}.${remark}`;
    }
    case "shares-account":
      return `${name} is in the account ${account} of ${note.environments.map(nameWords).join(" and ")}, which environments.yaml can't say: a deploy of one changes what the other has.`;
    case "moves": {
      const isOther = note.before.account !== note.after.account;
      const isBoth = isOther && note.before.region !== note.after.region;
      const [from, to] = [note.before, note.after].map((place) =>
        isBoth ? `${place.account} (${place.region})` : isOther ? place.account : place.region,
      );
      return `${name} moves from ${isOther ? "account " : ""}${from} to ${to}: access in ${from} stays until it is retired there.`;
    }
    case "retired":
      return note.isRetired
        ? `${name} is retired: a deploy removes everything except the Service Quotas role.`
        : `${name} is no longer retired: a deploy creates everything.`;
    case "removed": {
      const roles = note.roles.map((role) => `its role ${code(role)}`);
      const things = [...roles, ...note.channels.map((channel) => code(`#${channel}`))];
      const start = `${name} is removed from the file`;
      const place = account === undefined ? "" : ` in ${account}`;
      if (note.wasRetired) return `${start}: it was retired, and has nothing${place} if its retirement was deployed.`;
      return `${start}: ${things.join(" and ") || "all of it"} stay${things.length === 1 ? "s" : ""}${place} unless its retirement was deployed.`;
    }
  }
}

const OF_NAMES = ["role-name", "path", "role"];

function newNameLines(changes: readonly EnvironmentChange[]): string[] {
  const isNewName = ({ property, after, isNew }: SettingChange) =>
    OF_NAMES.includes(property) && after !== undefined && !isNew;
  const names = changes.flatMap(({ settings }) => settings.filter(isNewName).map(({ after }) => valueCell(after)));
  if (names.length === 0 && !changes.some(hasNote("moves"))) return [];
  const start =
    names.length === 0
      ? "Roles of the same name in the new account or region"
      : `New names or paths of roles: ${distinct(names).join(", ")}`;
  return [`${start}. Channels that somebody configured by hand with such a role get its access, too.`, ""];
}

/** The capabilities that somebody gains. */
function meaningLines(changes: readonly EnvironmentChange[]): string[] {
  const gained = new Set(
    changes.flatMap(({ people }) => people.flatMap(({ gains }) => gains.map(({ capability }) => capability))),
  );
  if (gained.size === 0) return [];
  const lines = CAPABILITIES.filter((capability) => gained.has(capability)).map(
    (capability) =>
      `- ${capability}: ${CAPABILITY_WORDS[capability]} (${actionsOf([capability]).map(code).join(", ")})`,
  );
  return folded("What this means", [...lines, ""]);
}

/** What is set of what is new, folded. */
function newSections(changes: readonly EnvironmentChange[]): Section[] {
  const isElse = ({ property, isNew }: SettingChange) => isNew && !["role-name", "name"].includes(property);
  return settingSections(changes, "setting", "other settings of what is new", isElse).map(({ title, lines }) => ({
    title,
    lines: lines[0]?.startsWith("<details>") ? lines : folded("Other settings of what is new", lines),
  }));
}

/** What Terraform would do, what was changed by hand, and what isn't known of either. */
function planSections(
  { environments, planFailures }: Review,
  awaited: readonly string[],
  unplanned: number,
): Section[] {
  const planned = environments.flatMap((change) => (change.plan ? [{ ...change, plan: change.plan }] : []));
  const rows = planned.flatMap(({ environment, plan }) =>
    plan.changes.map((change) =>
      tableRow([nameWords(environment), ACTIONS[change.action], code(change.address), plannedCell(change)]),
    ),
  );
  const byHand = planned.flatMap(({ environment, plan }) =>
    plan.byHand.map(({ address, attribute, live, file, messages }) =>
      tableRow([
        nameWords(environment),
        code(attribute === undefined ? address : `${address}, ${attribute}`),
        messages.length > 0 ? messages.map(code).join(" ") : valueCell(live, valueText(live) || undefined),
        messages.length > 0 ? "" : valueCell(file, valueText(file) || undefined),
      ]),
    ),
  );
  const idle = planned.filter(({ plan }) => plan.changes.length === 0);
  return [
    ...titled(
      "### What Terraform would do",
      tableSections(["environment", "action", "address", "what"], rows, "what Terraform would do"),
    ),
    ...section(
      "what Terraform wouldn't change",
      idle.length === 0
        ? []
        : [`Terraform would change nothing in ${environmentsWords(idle.map(({ environment }) => environment))}.`, ""],
    ),
    ...shortenedSections(idle, "what Terraform wouldn't change"),
    ...titled(
      "### Changed by hand",
      tableSections(["environment", "where", "in AWS", "as the file says"], byHand, "what was changed by hand"),
    ),
    ...section("the plans that are missing", planFailures.flatMap(failureLines)),
    ...section(
      "which environments are planned",
      linesOf(
        awaited.length > 0 && [
          `**Plans are running** for ${environmentsWords(awaited)}. This comment is then written again, with what each deploy would do.`,
          "",
        ],
        unplanned > 0 && [
          `${unplanned} more environment${unplanned === 1 ? "" : "s"} could be planned: CI accepts no more jobs in one matrix.`,
          "",
        ],
      ),
    ),
    ...shortenedSections(
      environments.filter(({ environment }) => awaited.includes(environment)),
      "what is being planned",
    ),
  ];
}

function plannedCell({ words, attributes, removed }: PlannedChange): string {
  const parts = [words === undefined ? "" : code(words), attributes.map(code).join(", ")];
  const removal = removed.length === 0 ? "" : `, without ${removed.map(code).join(", ")}`;
  return parts.filter((text) => text !== "").join(": ") + removal;
}

const ACTIONS = {
  create: "creates",
  update: "changes",
  replace: "**replaces**",
  delete: "**deletes**",
  import: "imports",
  forget: "stops managing",
} as const;

function titled(title: string, sections: readonly Section[]): Section[] {
  return sections.map((table, index) => (index === 0 ? { ...table, lines: [title, "", ...table.lines] } : table));
}

function failureLines({ environment, reason }: Review["planFailures"][number]): string[] {
  return [`There is no plan of ${nameWords(environment)}:`, "", ...codeBlock(reason), ""]; // which may repeat any text
}

/** What the report is about, and how much of it is unchanged. */
function lastLine({ environments, total }: Review, reviewed?: string): string {
  const changed = environments.filter(({ kind }) => kind !== "unchanged");
  const reworded = changed.filter(isOfForm).map(({ environment }) => environment);
  const unchanged = total - changed.length;
  return linesOf(
    reviewed,
    reworded.length > 0 && `written differently, with the same meaning: ${environmentsWords(reworded)}`,
    `${unchanged} environment${unchanged === 1 ? " is" : "s are"} unchanged`,
  ).join(" · ");
}

function isOfForm({ kind, unproven, people, settings, notes }: EnvironmentChange): boolean {
  return kind === "changed" && [unproven, people, settings, notes].every(({ length }) => length === 0);
}
