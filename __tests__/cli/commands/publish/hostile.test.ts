import MarkdownIt from "markdown-it";
import {
  accessDocument,
  accessDocumentSchema,
  publishedEnvironment,
} from "../../../../cli/commands/publish/access-document";
import { accessPage } from "../../../../cli/commands/publish/access-page";
import { environmentFiles } from "../../../../cli/commands/publish/environment-files";
import { changesSince } from "../../../../cli/commands/publish/since";
import type { Environment } from "../../../../stacks/environments/environment";
import { parseEnvironments } from "../../../../stacks/environments/environments";
import { environmentsJsonSchema, environmentsSchema } from "../../../../stacks/environments/environments-schema";
import { portableEnvironment } from "../../../../stacks/portable/portable";
import { EVERY_FIELD } from "../../../support/every-field";
import { hostileCopies, obeyedIn } from "../../../support/hostile";
import { environmentOf } from "../../../support/live-account";
import { isThorough, sample } from "../../../support/thorough";

/** Characters with a meaning in Markdown. */
const SNIPPETS = [
  ...["`", "``", " ` ", "|", "<img/src=x>", "](https://a.example)", "[", "*", "__", "_", "~~", "&lt;", "$", "@all"],
  ...["#1", "https://a.example", "##[error]", "::error::", "-", "+", "=", "\\", "!", "{", "\u202e", "\u00a0", "é"],
];

/** A value with as many of them as the schema allows, wherever it allows them. */
function nastiest(value: unknown, isTaken: (value: unknown) => boolean): unknown {
  if (typeof value !== "string") return value;
  let nasty = value;
  for (const snippet of SNIPPETS) {
    const path = Math.max(nasty.lastIndexOf("/"), 0);
    for (const at of new Set(isThorough ? [0, path, nasty.length] : [path])) {
      const more = nasty.slice(0, at) + snippet + nasty.slice(at);
      if (isTaken(more)) nasty = more;
    }
  }
  return nasty;
}

/** A value whose texts, names and keys are all hostile. */
function nastyCopy(value: unknown, put: (value: unknown) => unknown): unknown {
  const isTaken = (candidate: unknown) => environmentsSchema.safeParse(put(candidate)).success;
  if (Array.isArray(value)) {
    return value.map((inside, index) => nastyCopy(inside, (one) => put(value.with(index, one))));
  }
  if (typeof value !== "object" || value === null) return nastiest(value, isTaken);
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => {
      const others = Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
      const name = nastiest(key, (candidate) => isTaken({ ...others, [String(candidate)]: inside }));
      return [name, nastyCopy(inside, (one) => put({ ...others, [String(name)]: one }))];
    }),
  );
}

/** What Markdown makes of a README: what kind of part follows which, with the code in the order in which it stands. */
function partsOf(readme: string): { readonly kinds: string[]; readonly code: string[] } {
  const tokens = new MarkdownIt({ html: true, linkify: true }).parse(readme, {});
  const all = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  return {
    kinds: all.map(({ type }) => type),
    code: all.filter(({ type }) => type === "code_inline").map(({ content }) => content),
  };
}

function readmesOf(file: unknown): string[] {
  return parseEnvironments(JSON.stringify(file), "environments.yaml").map((environment) => {
    const terraform = portableEnvironment(environment);
    const files = environmentFiles(environment, terraform, publishedEnvironment(environment, terraform));
    return files.get("README.md") ?? "";
  });
}

/** The names of all fields of a JSON Schema. */
function fieldsOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inside]) => [
    ...(key === "properties" ? Object.keys(inside) : []),
    ...fieldsOf(inside),
  ]);
}

test("whatever environments.yaml accepts in any field, a README has the same parts, with the values as code", () => {
  const written = JSON.stringify(EVERY_FIELD);
  // A tier needs a rules.yaml that has it, and is a word of its own.
  expect(fieldsOf(environmentsJsonSchema()).filter((field) => !written.includes(`"${field}":`))).toEqual(["tier"]);
  const nasty = nastyCopy(EVERY_FIELD, (value) => value) as typeof EVERY_FIELD;
  const plain = EVERY_FIELD.environments.staging;
  const staging = Object.values(nasty.environments)[1] as typeof plain;
  expect(staging["deploy-role"]).toContain("``");
  expect(staging["deploy-role"]).toContain("|");
  expect(staging.full["permissions-boundary"]).toContain("<img/src=x>");
  const [ordinary, readmes] = [readmesOf(EVERY_FIELD), readmesOf(nasty)];
  for (const [index, readme] of readmes.entries()) {
    expect(obeyedIn(readme)).toEqual([]);
    expect(partsOf(readme).kinds).toEqual(partsOf(ordinary[index] ?? "").kinds);
  }
  for (const [readme, of] of [
    [ordinary[1], plain],
    [readmes[1], staging],
  ] as const) {
    const { code } = partsOf(readme ?? "");
    const shown = (text = "") => text.replaceAll("##[", "\\u{0023}#[");
    expect(code).toContain(shown(of["deploy-role"]));
    expect(code).toContain(shown(of.full["permissions-boundary"]));
    expect(code).toContain(shown(`#${of.full.channels[0]?.name}`));
    expect(code).toContain(shown(`arn:aws:iam::111122223333:role${of.full.path}${of.full["role-name"]}`));
  }
});

test("the content of an earlier publication becomes neither HTML nor invisible characters", () => {
  const documentOf = (environment: Environment) =>
    accessDocument([publishedEnvironment(environment, portableEnvironment(environment))], "1.2.0");
  const now = documentOf(environmentOf("full: { until: 2099-12-31 }"));
  const before = documentOf(
    environmentOf(
      "account-alias: a, full: { permissions-boundary: 'arn:aws:iam::aws:policy/C', channels: [{ name: oncall, workspace: T1, channel: C1 }] }",
    ),
  );
  let shown = 0;
  for (const copy of sample([...hostileCopies(JSON.parse(JSON.stringify(before)))], 4)) {
    const { success, data: since } = accessDocumentSchema.safeParse(copy);
    if (!success) continue;
    const page = accessPage(now, { version: since.version, changes: changesSince(since, now) });
    expect(page.match(/<img|<\/code><\/td|'" \\/)).toBeNull();
    expect(obeyedIn(page)).toEqual([]);
    shown += Number(page.includes("&#60;img src=x&#62;"));
  }
  expect(shown).toBeGreaterThan(isThorough ? 5 : 0);
});
