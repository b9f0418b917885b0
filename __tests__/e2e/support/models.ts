import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { MissingPrerequisite } from "./prerequisites";

/** Where a request or an answer differs from AWS's model of it. */
export interface Deviation {
  readonly side: "request" | "answer";
  /** By the name that it is signed for, such as `cloudcontrolapi:CreateResource`. */
  readonly operation: string;
  /** The path in what is sent, such as `Tags[].Key`. Empty: all of it. */
  readonly path: string;
  /** What is wrong there, such as `missing`. */
  readonly kind: string;
  readonly received: string;
  readonly expected: string;
  /** Who sent the first such request, as it says itself. */
  readonly sender: string;
}

/** Where the emulator is known to answer otherwise than AWS. */
export interface KnownDifference extends Pick<Deviation, "operation" | "path" | "kind"> {
  /** What that means for the tests. */
  readonly consequence: string;
}

/** What was checked against the models, by operation, and what differs. */
export interface ModelReport {
  readonly checked: Readonly<Record<string, number>>;
  readonly unchecked: Readonly<Record<string, number>>;
  readonly deviations: readonly Deviation[];
}

const LIST = "__tests__/e2e/emulator-differences.json";

/** The emulator's differences that are known. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = JSON.parse(
  readFileSync(join(__dirname, "../emulator-differences.json"), "utf8"),
);

const PATH = "/_models";

/** What the emulator was asked so far, and where that or its answers differ from AWS's models. */
export async function readModelReport(endpoint: string): Promise<ModelReport> {
  const response = await fetch(`${endpoint}${PATH}`);
  if (response.headers.get("content-type") === "application/json") return (await response.json()) as ModelReport;
  throw new MissingPrerequisite(
    `Received no report from ${endpoint}${PATH}, expected an emulator that __tests__/e2e/support/like-aws.py started.`,
  );
}

/** Has a request checked that the emulator doesn't get, since a test answers it. */
export async function checkRequest(endpoint: string, { headers, url = "" }: IncomingMessage, body: Buffer) {
  const request = { headers, query: url.split("?")[1] ?? "", body: body.toString() };
  await fetch(`${endpoint}${PATH}`, { method: "PUT", body: JSON.stringify([[request, null]]) });
}

/** What was checked, and what wasn't, in one sentence. */
export function checkedText({ checked, unchecked }: ModelReport): string {
  const count = Object.values(checked).reduce((sum, times) => sum + times, 0);
  const rest = Object.entries(unchecked).map(([kind, times]) => `${times} (${kind})`);
  const notChecked = rest.length === 0 ? "" : `; not checked: ${rest.join(", ")}`;
  return `Checked ${count} calls of ${Object.keys(checked).length} operations against AWS's models${notChecked}.`;
}

/** What must be changed before the tests pass: each request that a model refuses, each new difference of the emulator. */
export function modelProblems({ deviations }: ModelReport, differences: readonly KnownDifference[]): string[] {
  const accepted = new Set(differences.map(keyOf));
  return deviations.flatMap((deviation) => {
    const { side, operation, path, kind, received, expected, sender } = deviation;
    const place = [operation, path].filter(Boolean).join(", ");
    if (side === "request") {
      return `AWS's model refuses a request of ${sender}: ${place}. Received ${received}, expected ${expected} (${kind}). Correct what sends it.`;
    }
    if (accepted.has(keyOf(deviation))) return [];
    return `The emulator's answer differs from AWS's model: ${place}. Received ${received}, expected ${expected} (${kind}). Add to ${LIST} what that means for the tests: ${JSON.stringify({ operation, path, kind, consequence: "…" })}`;
  });
}

/** Which known differences the tests didn't meet: if these were all tests, they are gone. */
export function goneDifferences({ deviations }: ModelReport, differences: readonly KnownDifference[]): string[] {
  const differing = new Set(deviations.filter(({ side }) => side === "answer").map(keyOf));
  return differences
    .filter((difference) => !differing.has(keyOf(difference)))
    .map(
      ({ operation, path, kind }) =>
        `No test met a difference of the emulator: ${operation}, ${path} (${kind}). Remove it from ${LIST}.`,
    );
}

function keyOf({ operation, path, kind }: Omit<KnownDifference, "consequence">): string {
  return `${operation} ${path} ${kind}`;
}
