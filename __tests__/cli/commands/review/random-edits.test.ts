import fc from "fast-check";
import type { EnvironmentChange } from "../../../../cli/commands/review/review";
import { canonical } from "../../../../common/canonical";
import { isFields } from "../../../../common/fields";
import { readEnvironmentFile } from "../../../../stacks/output/environment-file";
import { change, type Draft, ONCALL, stackOf } from "../../../support/edited-stack";
import { propertyRuns } from "../../../support/thorough";

/*
 * Edits of a synthesized stack, or of the environment beside it, at random places: whatever isn't what environments.yaml gives is shown
 * with its place.
 */

const STACKS = [
  stackOf(
    `full: { path: /a/, adopt: true, service-quotas-role: adopt, without: [live-chat], tags: { a: b }, ${ONCALL} }, slack-workspaces: [T01], account-alias: Payments`,
  ),
  stackOf(`read-only: { policy: aws-managed }, teams: { pay: { access: full, until: 2099-01-31, ${ONCALL} } }`),
  stackOf("retired: true, full: {}, backend: { type: s3, bucket: state, region: us-east-1 }"),
];

/** The paths of all that is in a value. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [[key], ...pathsIn(child).map((path) => [key, ...path])]);
}

/** What may be written at a place. Undefined: nothing, so that it is missing. */
const content = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    "a",
    '${file("a")}',
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "*",
    true,
    false,
    1,
    null,
  ),
  fc.constantFrom<unknown>([], {}, ["*"], [{ from: "aws_iam_role.a", to: "aws_iam_role.full" }], { a: { name: "a" } }),
);
const edit = fc.record({
  stack: fc.nat(STACKS.length - 1),
  isOfEnvironment: fc.boolean(),
  place: fc.nat(10_000),
  /** A key that is added there. Empty: what is there is changed. */
  added: fc.constantFrom(
    "",
    "",
    "",
    "a",
    "count",
    "provisioner",
    "module",
    "moved",
    "aws_iam_role_policy",
    "adopt",
    "constructor",
  ),
  content,
});

function setAt(draft: Draft, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce((node, step) => node[step], draft);
  const last = path.at(-1) ?? "";
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
}

function editedAt(
  value: unknown,
  { place, added, content }: { place: number; added: string; content: unknown },
): [unknown, string[]] {
  const draft = structuredClone(value);
  const paths = [[], ...pathsIn(draft)];
  const target = paths[place % paths.length] ?? [];
  const node = target.reduce<Draft>((parent, step) => parent[step], draft);
  const path = added !== "" && isFields(node) ? [...target, added] : target;
  if (path.length > 0) setAt(draft, path, content);
  return [draft, path];
}

/** How the addresses may begin under which a place of a stack is shown. */
function addressOf([section = "", ...steps]: readonly string[]): string {
  const isBlock = ["data", "resource"].includes(section);
  const prefix = section === "resource" ? [] : [section];
  return [...prefix, ...steps.slice(0, isBlock ? 2 : 1)].join(".");
}

/** What the file beside a stack means: without a backend, the local one is meant. */
function meaningIn(file: unknown): string {
  const { source } = readEnvironmentFile("paid", file);
  return source ? canonical(meaningOf(source)) : canonical(file);
}

/** An empty list, and what isn't so, are the same as nothing. */
function meaningOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaningOf);
  if (!isFields(value)) return value;
  const entries = Object.entries(value).filter(([, child]) => child !== false && canonical(child) !== "[]");
  return Object.fromEntries(entries.map(([key, child]) => [key, meaningOf(child)]));
}

const isTold = ({ people, settings, notes, unproven }: EnvironmentChange) =>
  people.length + settings.length + notes.length + unproven.length > 0;

test("whatever is edited in a stack or its environment is shown with its place, or what it gives is", () => {
  const runs = propertyRuns(8_000, 100);
  let edits = 0;
  fc.assert(
    fc.property(edit, ({ stack: index, isOfEnvironment, ...editing }) => {
      const stack = STACKS[index] ?? STACKS[0];
      if (!stack) throw new Error("There is no stack.");
      const before = isOfEnvironment ? stack.environmentFile : stack.terraform;
      const [after, path] = editedAt(before, editing);
      const head = isOfEnvironment ? { ...stack, environmentFile: after } : { ...stack, terraform: after as Draft };
      const result = change(stack, head);
      if (canonical(after) === canonical(before)) {
        expect(result).toBeUndefined();
        return;
      }
      edits++;
      if (path[0] === "writtenBy" && result?.unproven.length === 0) return; // another version that writes the same
      if (isOfEnvironment && meaningIn(after) === meaningIn(before)) return;
      expect([path, result && isTold(result)]).toEqual([path, true]);
      if (isOfEnvironment || result === undefined) return;
      const places = result.unproven.map(({ address }) => address);
      const isShown = places.some((address) => address.startsWith(addressOf(path)) || path[0] === address);
      expect([path, places, isShown]).toEqual([path, places, true]);
    }),
    runs,
  );
  expect(edits / runs.numRuns).toBeGreaterThan(0.6);
});
