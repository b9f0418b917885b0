import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { contentsOf } from "../support/changes";
import { compiled } from "../support/compiled";
import { thoroughTest } from "../support/thorough";
import type { Done, Job } from "./worker";

/*
 * Whether a real disk that is full, and a synth that is killed, leave the old output or the new one. In __tests__/stacks/output,
 * each single change of the disk fails, or another run comes between.
 */

/** Needs a Linux on which this user may mount a disk where nobody else sees it. */
const canMount = spawnSync("unshare", ["--map-root-user", "--mount", "true"]).status === 0;
const diskTest = canMount ? thoroughTest : test.skip;

const KILLS = 25;
const POINTS = 50;

jest.setTimeout(1_800_000); // a slow machine takes ten times as long

const scratch = join(realpathSync(tmpdir()), `support-app-disk-${process.pid}`);
const workers: ChildProcess[] = [];
beforeAll(() => void mkdirSync(scratch));
afterAll(() => {
  for (const worker of workers) worker.kill("SIGKILL");
  rmSync(scratch, { recursive: true, force: true });
});

/** Starts a process that synthesizes, with a command before it. */
async function started(...command: readonly string[]): Promise<ChildProcess> {
  const [program = "", ...args] = [...command, process.execPath, compiled("__tests__/disk/worker.ts")];
  const worker = spawn(program, args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  workers.push(worker);
  const exit = once(worker, "exit").then(([status]) => Promise.reject(new Error(`The worker ended with ${status}.`)));
  exit.catch(() => {}); // later, it may be killed
  await Promise.race([once(worker, "message"), exit]);
  return worker;
}

/** How a job ends, which never prints a stack trace. Undefined: the worker was killed. */
async function ran(worker: ChildProcess, job: Job): Promise<Done | undefined> {
  const controller = new AbortController();
  const message = once(worker, "message", controller).then(([outcome]) => outcome as Done);
  const end = Promise.race([message, once(worker, "exit", controller).then(() => undefined)]);
  worker.send(job);
  const result = await end;
  controller.abort();
  expect(result?.output ?? "").not.toMatch(/\n {4}at /);
  return result;
}

/** A worker that has a disk of its own, in memory. */
async function workerWithDisk(disk: string): Promise<ChildProcess> {
  mkdirSync(disk, { recursive: true });
  const worker = await started("unshare", "--map-root-user", "--mount");
  const script = `mount -t tmpfs -o size=64m,nr_inodes=9999 tmpfs '${disk}'`;
  await ran(worker, { script });
  return worker;
}

/** A path as a worker sees it. */
const seenBy = (worker: ChildProcess, path: string) => join("/proc", String(worker.pid), "root", path);

/** Environments of which each says the name: an output of two names isn't whole. */
function environmentsFile(name: string): string {
  const file = join(scratch, `${name}.yaml`);
  const environments = Array.from({ length: 8 }, (_, index) => {
    return `  e${index}: { account: "${111122220000 + index}", region: us-east-1, read-only: { description: of-${name} } }\n`;
  });
  writeFileSync(file, `environments:\n${environments.join("")}`);
  return file;
}

/** The text of each file below a folder. */
function filesBelow(folder: string): Record<string, string> {
  const files = Object.entries(contentsOf(folder)).flatMap(([path, text]) => (text === null ? [] : [[path, text]]));
  return Object.fromEntries(files);
}

/** Synthesizes something of that name. */
const job = (name: string, out: string): Job => ({
  env: { SUPPORT_APP_ENVIRONMENTS: environmentsFile(name), CDKTF_OUTDIR: out },
});

/** The name of what is in the output folder, all of it. Undefined: there is none. */
function whole(out: string): string | undefined {
  if (!existsSync(join(out, "manifest.json"))) return undefined;
  const { "manifest.json": manifest = "", ...files } = filesBelow(out);
  const visibleFiles = Object.entries(files).filter(([path]) => !path.startsWith(".")); // what a killed run had prepared
  const expected = Object.keys(JSON.parse(manifest).stacks).flatMap((name) =>
    ["cdk.tf.json", "environment.json"].map((file) => `stacks/${name}/${file}`),
  );
  expect(visibleFiles.map(([path]) => path).sort()).toEqual(expected.sort());
  const names = visibleFiles.map(([, text]) => JSON.stringify(JSON.parse(text)).match(/"of-([\w-]+)"/)?.[1]);
  expect(new Set(names).size).toBe(1);
  return names[0];
}

/** What it says of a folder that can't be written. */
const unwritable = (folder: string) => `Can't write the output folder "${folder}": `;

/** What runs have left in an output folder and beside it. */
function leftOf(out: string): string[] {
  return [dirname(out), out].flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith(".")));
}

const disk = join(scratch, "disk");
const out = join(disk, "out");

diskTest(`on a disk that fills at ${POINTS} points, there is the old or the new, and a sentence`, async () => {
  const worker = await workerWithDisk(disk);
  const resizeScript = (size: number | string, files: number) =>
    `mount -o remount,size=${size},nr_inodes=${files} '${disk}'`;
  expect(await ran(worker, job("old", out))).toMatchObject({ status: 0 });
  const full = statfsSync(seenBy(worker, disk));
  let last = "old";
  for (let point = 0; point < POINTS; point++) {
    // Of as many pages or files as it has, one after the other are left, and a few more than that.
    const now = statfsSync(seenBy(worker, disk));
    const part = (1.4 * Math.floor(point / 2)) / (POINTS / 2);
    const pages = now.blocks - now.bfree + Math.round(part * (full.blocks - full.bfree));
    const files = now.files - now.ffree + Math.round(part * (full.files - full.ffree));
    const script = point % 2 === 0 ? resizeScript(pages * now.bsize, 9999) : resizeScript("64m", files);
    const result = await ran(worker, { ...job(`point-${point}`, out), script });
    if (result?.status === 0) last = `point-${point}`;
    else expect(result?.output).toContain(`${unwritable(out)}no space left on device, in "`);
    expect(whole(seenBy(worker, out))).toBe(last);
    expect(leftOf(seenBy(worker, out))).toEqual([]);
    await ran(worker, { script: resizeScript("64m", 9999) });
  }
  expect(last).not.toBe("old");
  expect(await ran(worker, { ...job("new", out), script: `mount -o remount,ro '${disk}'` })).toMatchObject({
    status: 1,
    output: expect.stringContaining(`${unwritable(out)}read-only file system, in "`),
  });
  expect(whole(seenBy(worker, out))).toBe(last);
});

diskTest(
  `killed at ${KILLS} moments, there is the old, the new or a mark, and the new once it runs again`,
  async () => {
    const place = join(scratch, "kills/out");
    mkdirSync(dirname(place), { recursive: true });
    let worker = await started();
    await ran(worker, job("warm", place));
    const changes = (await ran(worker, job("old", place)))?.changes ?? 0;
    const outcomes = new Set<string>();
    let last = "old";
    for (let moment = 1; moment <= KILLS; moment++) {
      const next = started();
      const killAfter = Math.ceil((moment * changes) / KILLS);
      if (await ran(worker, { ...job(`kill-${moment}`, place), killAfter })) worker.kill("SIGKILL"); // the last may be one too late
      worker = await next;
      if (existsSync(place)) {
        const names = leftOf(place);
        for (const name of names) rmSync(join(place, name), { recursive: true, force: true }); // as if they were old
        if (!names.includes(".synthesizing")) {
          const now = whole(place) ?? "nothing";
          expect([last, `kill-${moment}`]).toContain(now);
          outcomes.add(now === last ? "old" : "new");
        }
      }
      last = `after-${moment}`;
      expect(await ran(worker, job(last, place))).toMatchObject({ status: 0 });
      expect(whole(place)).toBe(last);
      expect(leftOf(place)).toEqual([]);
    }
    expect(outcomes).toContain("old");
  },
);
