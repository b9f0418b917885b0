/*
 * npm run bench: how long a whole synthesis takes, ours against the same resources in bare CDKTF, and how it grows; what one of
 * thousands costs against one of one; how long it takes to find a mistake that all environments share; and what reviewing, publishing and its
 * page cost.
 * Exits with 1 where a target is missed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { EnvironmentsError, parseEnvironments } from "../../stacks/environments/environments";
import { DIGEST_OUTPUT } from "../../stacks/output/digest";
import { cpuTime } from "../support/cpu-time";
import { aliasedYaml, environmentsYaml, MISTAKES, mergingYaml, NO_MISTAKE } from "./environments";
import { measured, type Run } from "./measured";
import { publishingCost } from "./publishing";

const TARGET = { ratio: 1.25, growth: 1.1, cost: 4, memory: 450, aliases: 2, reading: 1.5, one: 1.3 };
/** Seconds of CPU, how it grows, and MB. */
const REVIEW = { one: 1, all: 10, growth: 1.2, memory: 500 };
/** Of 5,000 environments: seconds of CPU, MB and milliseconds. */
const PUBLISHING = { cpu: 12, memory: 450, page: 5, open: 2000, filter: 100 };
const SIZES = [100, 1000, 5000];
/** How often each size runs: often where a run is short. */
const RUNS: Readonly<Record<number, number>> = { 1: 9, 100: 9, 1000: 5, 5000: 3 };

const folder = mkdtempSync(join(tmpdir(), "support-app-bench-"));

function measure(program: string[], outdir: string, environment: Record<string, string> = {}): Run {
  rmSync(outdir, { recursive: true, force: true });
  return measured(program, { ...environment, CDKTF_OUTDIR: outdir });
}

function ours(size: number, environment: Record<string, string> = {}, outdir = "ours"): Run {
  return measure(["main.ts"], join(folder, outdir), { SUPPORT_APP_ENVIRONMENTS: fileOf(size), ...environment });
}

function fileOf(size: number): string {
  const file = join(folder, `${size}.yaml`);
  writeFileSync(file, environmentsYaml(size));
  return file;
}

function bare(size: number, environment: Record<string, string> = {}): Run {
  return measure(["__tests__/bench/bare.ts", String(size)], join(folder, "bare"), environment);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Stops a comparison of two different things. */
function assertSameResources(size: number): void {
  const read = (side: string) =>
    JSON.parse(readFileSync(join(folder, side, "stacks", `env-${size - 1}`, "cdk.tf.json"), "utf8"), (key, value) =>
      ["//", DIGEST_OUTPUT].includes(key) ? undefined : value,
    );
  if (!isDeepStrictEqual(read("ours"), read("bare"))) throw new Error("Ours and bare CDKTF wrote different resources.");
}

/** The median ratios to bare CDKTF as it is, and without its token traces, which ours does without. */
function compare(size: number): { asItIs: number; likeForLike: number } {
  const runs = Array.from({ length: RUNS[size] ?? 1 }, (_, run) => {
    const first = ours(size);
    const second = bare(size);
    assertSameResources(size);
    const third = bare(size, { WITHOUT_TOKEN_TRACES: "1" });
    const ratios = { asItIs: first.seconds / second.seconds, likeForLike: first.seconds / third.seconds };
    const say = ({ seconds, memory }: Run) => `${seconds.toFixed(2)} s, ${memory.toFixed(0)} MB`;
    console.log(
      `  ${run + 1}: ours ${say(first)}; bare ${say(second)}, ratio ${ratios.asItIs.toFixed(2)}; ` +
        `bare without token traces ${say(third)}, ratio ${ratios.likeForLike.toFixed(2)}`,
    );
    return ratios;
  });
  return {
    asItIs: median(runs.map(({ asItIs }) => asItIs)),
    likeForLike: median(runs.map(({ likeForLike }) => likeForLike)),
  };
}

/** Milliseconds of CPU that each environment adds to a process that starts anyway, and peak memory, at each size. */
function grow(): { cost: number[]; memory: number[] } {
  const repeat = (size: number) => Array.from({ length: RUNS[size] ?? 1 }, () => ours(size));
  const start = median(repeat(1).map(({ cpu }) => cpu));
  console.log(`  1 environment: ${start.toFixed(2)} s of CPU`);
  const cost: number[] = [];
  const memory: number[] = [];
  for (const size of SIZES) {
    const runs = repeat(size);
    const seconds = median(runs.map(({ cpu }) => cpu));
    cost.push(((seconds - start) * 1000) / (size - 1));
    memory.push(Math.max(...runs.map((run) => run.memory)));
    console.log(
      `  ${size} environments: ${seconds.toFixed(2)} s of CPU, ${cost.at(-1)?.toFixed(2)} ms each, ${memory.at(-1)?.toFixed(0)} MB`,
    );
  }
  return { cost, memory };
}

/** Seconds of CPU to read a file of that size, and what building one of its environments costs beside that, against the one of a file of one. */
function oneOf(size: number): { reading: number; ratio: number } {
  const least = (runs: () => Run) => Math.min(...Array.from({ length: 5 }, () => runs().cpu));
  const read = (of: number) =>
    least(() => measured(["__tests__/bench/read.ts"], { SUPPORT_APP_ENVIRONMENTS: fileOf(of) }));
  const reading = read(size) - read(1);
  const all = least(() => ours(size, { SUPPORT_APP_ONLY: "env-7" }));
  const one = least(() => ours(1));
  const say = (seconds: number) => `${seconds.toFixed(2)} s`;
  console.log(`  reading ${size}: ${say(reading)}; one of ${size}: ${say(all)}; one of 1: ${say(one)}`);
  return { reading, ratio: (all - reading) / one };
}

/** What it takes to review that many environments of which one or all change: seconds of CPU without starting the command, and MB. */
function review(size: number, changed: "one" | "all"): { cpu: number; memory: number } {
  const file = fileOf(size);
  const outdirs = ["base", "head"].map((side) => join(folder, side));
  ours(size, {}, "base");
  const without = "service-quotas-role: create\n      without: [live-chat]";
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(
      new RegExp("service-quotas-role: create", changed === "all" ? "g" : ""),
      without,
    ),
  );
  measure(["main.ts"], outdirs[1] ?? "", { SUPPORT_APP_ENVIRONMENTS: file });
  const [base = "", head = ""] = outdirs;
  const runs = (args: readonly string[]) =>
    Array.from({ length: RUNS[size] ?? 1 }, () => measured(["cli/support-app.ts", ...args]));
  const least = (all: readonly Run[]) => Math.min(...all.map(({ cpu }) => cpu));
  const start = least(runs(["--version"]));
  const reviews = runs(["review", "--base", base, "--head", head]);
  const memory = Math.max(...reviews.map((run) => run.memory));
  console.log(`  start: ${start.toFixed(2)} s; review: ${least(reviews).toFixed(2)} s, ${memory.toFixed(0)} MB`);
  return { cpu: least(reviews) - start, memory };
}

/** The greatest ratio of the time to find a mistake that environments share to that of the same file without it. */
function findMistakes(size: number, sharingYaml: typeof aliasedYaml): number {
  const time = (access: string) => {
    const yaml = sharingYaml(size, access);
    return cpuTime(() => load(yaml), 5);
  };
  const without = time(NO_MISTAKE);
  console.log(`  none: ${(without / 1000).toFixed(0)} ms`);
  const ratios = Object.entries(MISTAKES).map(([mistake, access]) => {
    const ratio = time(access) / without;
    console.log(`  ${mistake}: ratio ${ratio.toFixed(2)}`);
    return ratio;
  });
  return Math.max(...ratios);
}

function load(yaml: string): void {
  try {
    parseEnvironments(yaml, "environments.yaml");
  } catch (error) {
    if (!(error instanceof EnvironmentsError)) throw error;
  }
}

function verdict(what: string, value: number, target: number, unit = ""): boolean {
  const met = value <= target;
  console.log(`${met ? "met   " : "MISSED"}  ${what}: ${value.toFixed(2)}${unit}, target at most ${target}${unit}`);
  return met;
}

async function benchmark(): Promise<void> {
  console.log("1000 environments, ours and bare CDKTF in turn:");
  const { asItIs, likeForLike } = compare(1000);
  console.log("5000 environments that share an access level, with a mistake in it:");
  const aliases = findMistakes(5000, aliasedYaml);
  console.log("5000 environments that merge an access level, with a mistake in it:");
  const merges = findMistakes(5000, mergingYaml);
  console.log("What an environment costs:");
  const { cost, memory } = grow();
  console.log("One of 5000 environments:");
  const { reading, ratio } = oneOf(5000);
  console.log("A review of 1000 environments of which one changes:");
  const one = review(1000, "one");
  console.log("Reviews of 1000 and of 5000 environments of which all change:");
  const [some, all] = [review(1000, "all"), review(5000, "all")];
  console.log("Publishing 5000 environments:");
  const publishing = await publishingCost(5000);
  const met = [
    verdict("median ratio to bare CDKTF", asItIs, TARGET.ratio),
    verdict("median ratio to bare CDKTF without token traces", likeForLike, TARGET.ratio),
    verdict("cost per environment at 5000 against 100", (cost.at(-1) ?? Number.NaN) / (cost[0] ?? 0), TARGET.growth),
    verdict("CPU per environment at 5000", cost.at(-1) ?? Number.NaN, TARGET.cost, " ms"),
    verdict("CPU to read 5000", reading, TARGET.reading, " s"),
    verdict("one of 5000, without reading them, against one of 1", ratio, TARGET.one),
    verdict("CPU of a review of 1000 of which one changes, above a start", one.cpu, REVIEW.one, " s"),
    verdict("CPU of a review of 5000 of which all change, above a start", all.cpu, REVIEW.all, " s"),
    verdict("the same for each environment, against 1000", all.cpu / 5 / some.cpu, REVIEW.growth),
    verdict("peak memory of a review", all.memory, REVIEW.memory, " MB"),
    verdict("a mistake behind an anchor, against none", aliases, TARGET.aliases),
    verdict("a mistake that is merged, against none", merges, TARGET.aliases),
    verdict("peak memory", Math.max(...memory), TARGET.memory, " MB"),
    verdict("CPU of publishing", publishing.cpu, PUBLISHING.cpu, " s"),
    verdict("peak memory of publishing", publishing.memory, PUBLISHING.memory, " MB"),
    verdict("size of the page", publishing.page, PUBLISHING.page, " MB"),
    verdict("opening the page", publishing.open, PUBLISHING.open, " ms"),
    verdict("filtering the page", publishing.filter, PUBLISHING.filter, " ms"),
  ];
  process.exitCode = met.every(Boolean) ? 0 : 1;
}

benchmark()
  .finally(() => rmSync(folder, { recursive: true }))
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
