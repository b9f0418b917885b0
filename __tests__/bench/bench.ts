/*
 * npm run bench: what synthesizing, reviewing and publishing thousands of environments cost. Times are CPU times as a ratio to what bare CDKTF
 * takes to synthesize the same resources of 1,000 environments in the same run, so that they say the same on any machine.
 * npm run bench -- sample: in half a minute, what 100 environments take beyond one, so that a benchmark that can't measure is noticed the same day.
 * Exits with 1 where a target is missed.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseEnvironments } from "../../stacks/environments/environments";
import { YamlFileError } from "../../stacks/environments/yaml/yaml-file-error";
import { DIGEST_OUTPUT } from "../../stacks/output/stack-digest";
import { PLACE } from "../../stacks/self-checks";
import { cpuTime } from "../support/cpu-time";
import { auditCost } from "./audit";
import { aliasedYaml, environmentsYaml, MISTAKES, mergingYaml, NO_MISTAKE, withTeams } from "./environments";
import { measured, type Run } from "./measured";

const folder = mkdtempSync(join(tmpdir(), "support-app-bench-"));
const inFolder = (name: string) => join(folder, name);
process.env.COMPILED_SOURCES = inFolder("compiled");
let isMissed = false;

/** Prints a figure beside its target. */
function compare(subject: string, value: number, target: number, unit = ""): void {
  const isMet = value <= target;
  isMissed ||= !isMet;
  console.log(`${isMet ? "met   " : "MISSED"}  ${subject}: ${value.toFixed(2)}${unit}, at most ${target}${unit}`);
}

/** The run that took the least CPU, with the greatest peak of all. */
function best(times: number, run: () => Run): Run {
  const runs = Array.from({ length: times }, run);
  return { cpu: Math.min(...runs.map(({ cpu }) => cpu)), memory: Math.max(...runs.map(({ memory }) => memory)) };
}

function environmentFile(size: number, edit = (yaml: string) => yaml): string {
  const file = inFolder(`${size}.yaml`);
  writeFileSync(file, edit(environmentsYaml(size)));
  return file;
}

/** How CDKTF runs a main.ts: it keeps the source maps that make the stack traces of tokens expensive. */
const TS_NODE = ["--require", "ts-node/register"];

function synthesize(file: string, { outdir = "ours", only = "", nodeOptions = TS_NODE } = {}): Run {
  rmSync(inFolder(outdir), { recursive: true, force: true });
  const choice = only === "" ? undefined : { SUPPORT_APP_ONLY: only };
  const variables = { CDKTF_OUTDIR: inFolder(outdir), SUPPORT_APP_ENVIRONMENTS: file, ...choice };
  return measured(["main.ts"], variables, nodeOptions);
}

function synthesizeBare(size: number): Run {
  rmSync(inFolder("bare"), { recursive: true, force: true });
  return measured(["__tests__/bench/bare.ts", String(size)], { CDKTF_OUTDIR: inFolder("bare") }, TS_NODE);
}

/** Stops a comparison of two different things. Only ours has a digest, and the place that a plan of another account refuses, on which all depends. */
function assertSameResources(size: number): void {
  const readStack = (side: string) =>
    JSON.parse(readFileSync(inFolder(`${side}/stacks/env-${size - 1}/cdk.tf.json`), "utf8"), (key, value) => {
      if (["//", DIGEST_OUTPUT, PLACE.type].includes(key)) return undefined;
      if (key !== "depends_on") return value;
      const addresses = (value as string[]).filter((address) => address !== `${PLACE.type}.${PLACE.name}`);
      return addresses.length > 0 ? addresses : undefined;
    });
  if (!isDeepStrictEqual(readStack("ours"), readStack("bare")))
    throw new Error("Ours and bare CDKTF wrote different resources.");
}

/** Synthesizes the environments before and after a change of the first one or of all, and returns what reviews it. */
function reviewOf(size: number, changed: "one" | "all"): () => Run {
  const pattern = new RegExp("service-quotas-role: create", changed === "all" ? "g" : "");
  const [base, head] = ["base", "head"].map((side) => `${side}-${size}-${changed}`) as [string, string];
  synthesize(environmentFile(size), { outdir: base });
  synthesize(
    environmentFile(size, (yaml) => yaml.replace(pattern, "$&\n      without: [live-chat]")),
    { outdir: head },
  );
  const args = ["review", "--base", inFolder(base), "--head", inFolder(head)];
  return () => measured(["cli/support-app.ts", ...args]);
}

function readFile(size: number): Run {
  return measured(["__tests__/bench/read.ts"], { SUPPORT_APP_ENVIRONMENTS: environmentFile(size) });
}

function publish(size: number): Run {
  const args = ["publish", "--out", inFolder("published")];
  return measured(["cli/support-app.ts", ...args], { SUPPORT_APP_ENVIRONMENTS: environmentFile(size) });
}

/** The greatest ratio of the time to find a mistake that environments share to that of the same file without it. */
function mistakesRatio(size: number, sharingYaml: typeof aliasedYaml): number {
  const time = (access: string) => {
    const yaml = sharingYaml(size, access);
    return cpuTime(() => load(yaml), 5);
  };
  const without = time(NO_MISTAKE);
  return Math.max(...Object.values(MISTAKES).map((access) => time(access) / without));
}

function load(yaml: string): void {
  try {
    parseEnvironments(yaml, "environments.yaml");
  } catch (error) {
    if (!(error instanceof YamlFileError)) throw error;
  }
}

async function benchmark(): Promise<void> {
  const bare = best(3, () => synthesizeBare(1000));
  console.log(
    `Bare CDKTF synthesizes 1,000 environments in ${bare.cpu.toFixed(2)} s of CPU and ${bare.memory.toFixed(0)} MB.`,
  );
  const ratio = ({ cpu }: Run, start: Run = { cpu: 0, memory: 0 }) => (cpu - start.cpu) / bare.cpu;

  const singleRun = best(5, () => synthesize(environmentFile(1)));
  const thousand = best(3, () => synthesize(environmentFile(1000)));
  assertSameResources(1000);
  const largestRun = best(2, () => synthesize(environmentFile(5000)));
  compare("synthesizing 1,000", ratio(thousand), 0.5);
  compare(
    "each of 5,000 against each of 1,000",
    (largestRun.cpu - singleRun.cpu) / 5 / (thousand.cpu - singleRun.cpu),
    1.2,
  );
  const compiledOnly = synthesize(environmentFile(5000), { nodeOptions: [] });
  compare("peak memory of synthesizing 5,000, without ts-node", compiledOnly.memory, 300, " MB");

  const [teamsOfThousand, teamsOfLargest] = [1000, 5000].map((size) =>
    synthesize(environmentFile(size, withTeams), { nodeOptions: [] }),
  ) as [Run, Run];
  compare("each of 5,000 with four teams against each of 1,000", teamsOfLargest.cpu / 5 / teamsOfThousand.cpu, 1.2);
  compare("peak memory of synthesizing 5,000 with four teams, without ts-node", teamsOfLargest.memory, 500, " MB");

  const measureRead = (size: number) => best(3, () => readFile(size));
  const reading = { cpu: measureRead(5000).cpu - measureRead(1).cpu, memory: 0 };
  const oneOfAll = best(3, () => synthesize(environmentFile(5000), { only: "env-7" }));
  compare("reading 5,000", ratio(reading), 0.25);
  compare("one of 5,000, without reading them, against one of 1", (oneOfAll.cpu - reading.cpu) / singleRun.cpu, 1.3);
  compare("5,000 with a mistake behind an anchor, against none", mistakesRatio(5000, aliasedYaml), 2);
  compare("5,000 with a mistake that is merged, against none", mistakesRatio(5000, mergingYaml), 2);

  const start = best(5, () => measured(["cli/support-app.ts", "--version"]));
  const measureReview = (size: number, changed: "one" | "all") => best(3, reviewOf(size, changed));
  const [reviewOne, reviewSome, reviewAll] = [
    measureReview(1000, "one"),
    measureReview(1000, "all"),
    measureReview(5000, "all"),
  ];
  compare("reviewing 1,000 of which one changes", ratio(reviewOne, start), 0.15);
  compare(
    "reviewing 5,000 of which all change, against synthesizing both",
    (reviewAll.cpu - start.cpu) / (2 * largestRun.cpu),
    1.1,
  );
  compare("each of these, against 1,000", (reviewAll.cpu - start.cpu) / 5 / (reviewSome.cpu - start.cpu), 1.2);
  compare("peak memory of reviewing 5,000", reviewAll.memory, 300, " MB");

  const publishing = publish(5000);
  compare("publishing 5,000", ratio(publishing), 2);
  compare("peak memory of publishing 5,000", publishing.memory, 450, " MB"); // all files, before the first is written
  compare("size of the page of 5,000", statSync(inFolder("published/access.html")).size / 1e6, 3, " MB");
  const audit = await auditCost(5000);
  console.log(`Auditing 5,000 accounts takes ${audit.calls} calls of 50 ms each.`);
  compare("auditing 5,000 accounts", audit.seconds, 300, " s");
  compare("peak memory of auditing 5,000 accounts", audit.memory, 300, " MB");
}

/** A measured program, with one environment and with more. */
type Pair = readonly [of1: () => Run, ofMore: () => Run];

/**
 * All that CI measures. 100 environments don't warm the code up: what they may take is what thousands may, and half as much again, or more
 * where little is measured. Other processes may disturb it: each round measures everything again, and the least counts.
 */
async function sample(): Promise<void> {
  const pairs = (run: (size: number) => Run, size = 100): Pair => [() => run(1), () => run(size)];
  const reviews = (changed: "one" | "all"): Pair => [reviewOf(1, changed), reviewOf(100, changed)];
  const programs = {
    bare: pairs(synthesizeBare),
    synthesis: pairs((size) => synthesize(environmentFile(size))),
    reading: pairs(readFile, 500),
    reviewOfOne: reviews("one"),
    reviewOfAll: reviews("all"),
    publication: pairs(publish),
  };
  const costs = new Map<() => Run, number>();
  const costOf = (run: () => Run) => costs.get(run) ?? Number.POSITIVE_INFINITY;
  const beyondOne = ([of1, ofMore]: Pair) => costOf(ofMore) - costOf(of1);
  const ratios = (): [subject: string, value: number, target: number][] => {
    const bare = beyondOne(programs.bare);
    const synthesis = beyondOne(programs.synthesis);
    return [
      ["synthesizing 100", synthesis / bare, 0.75],
      ["reading 500", beyondOne(programs.reading) / bare, 0.4],
      ["reviewing 100 of which one changes", beyondOne(programs.reviewOfOne) / bare, 0.15],
      [
        "reviewing 100 of which all change, against synthesizing both",
        beyondOne(programs.reviewOfAll) / 2 / synthesis,
        1.65,
      ],
      ["publishing 100", beyondOne(programs.publication) / bare, 1],
    ];
  };
  for (let round = 1; round <= 3 || (round <= 8 && ratios().some(([, value, target]) => value > target)); round++)
    for (const run of Object.values(programs).flat()) costs.set(run, Math.min(costOf(run), run().cpu));
  assertSameResources(100);
  for (const ratio of ratios()) compare(...ratio);
  compare("500 with a mistake behind an anchor, against none", mistakesRatio(500, aliasedYaml), 3);
  compare("500 with a mistake that is merged, against none", mistakesRatio(500, mergingYaml), 3);
  const audit = await auditCost(20);
  console.log(`Auditing 20 accounts takes ${audit.calls} calls.`);
}

(process.argv[2] === "sample" ? sample() : benchmark())
  .then(() => {
    process.exitCode = isMissed ? 1 : 0;
  })
  .catch((error: Error) => {
    console.error(`Can't measure: ${error.message}`);
    process.exitCode = 1;
  })
  .finally(() => rmSync(folder, { recursive: true }));
