import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { digestOfStack } from "../../stacks/output/digest";
import { compiled } from "../support/compiled";
import { thoroughTest } from "../support/thorough";
import type { Done, Job } from "./worker";

/** Needs a Linux on which this user may mount a disk where nobody else sees it. */
const canMount = spawnSync("unshare", ["--map-root-user", "--mount", "true"]).status === 0;
const diskTest = canMount ? thoroughTest : test.skip;

const ROUNDS = 20;
const KILLS = 25;
const POINTS = 50;

jest.setTimeout(1_800_000); // a slow machine takes ten times as long

const scratch = join(realpathSync(tmpdir()), `support-app-disk-${process.pid}`);
const workers = new Set<Worker>();
afterAll(() => {
  for (const worker of workers) worker.end();
  rmSync(scratch, { recursive: true, force: true });
});

/** A process that publishes and synthesizes. */
class Worker {
  readonly child: ChildProcess;

  private constructor(command: readonly string[]) {
    const [program = "", ...args] = [...command, process.execPath, compiled("__tests__/disk/worker.ts")];
    this.child = spawn(program, args, {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    this.child.setMaxListeners(Number.POSITIVE_INFINITY);
    workers.add(this);
  }

  static async start(...command: string[]): Promise<Worker> {
    const worker = new Worker(command);
    await once(worker.child, "message");
    return worker;
  }

  /** Undefined: it was killed. No run ever shows a stack trace. */
  async run(job: Job): Promise<Done | undefined> {
    const over = new AbortController();
    const ended = Promise.race([
      once(this.child, "message", over).then(([done]) => done as Done),
      once(this.child, "exit", over).then(() => undefined),
    ]);
    this.child.send(job);
    const done = await ended;
    over.abort();
    expect(done?.output ?? "").not.toMatch(/\n {4}at /);
    return done;
  }

  /** How a job ends that something goes on to end. */
  async done(job: Job): Promise<Done> {
    const done = await this.run(job);
    if (!done) throw new Error("The worker was killed.");
    return done;
  }

  end(): void {
    workers.delete(this);
    this.child.kill("SIGKILL");
  }
}

/** Something that replaces a folder as a whole. */
interface Kind {
  /** Writes something of that name into a folder. */
  readonly job: (name: string, out: string) => Job;
  /** Stops at an error before it would write. */
  readonly failing: (out: string) => Job;
  /** The name of what is in the folder, all of it. Undefined: there is none. */
  readonly whole: (out: string) => string | undefined;
  /** What a run says that lost against another. */
  readonly lost: RegExp;
  /** What it says of a folder that can't be written. */
  readonly unwritable: (folder: string) => string;
}

/** The environments that all have, before the one of its own. */
const KEPT = ["a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7"];

function environmentsFile(name: string, kept: readonly string[]): string {
  const file = join(scratch, `${name}-${kept.length}.yaml`);
  const environments = [...kept, name].map(
    (environment, index) =>
      `  ${environment}: { account: "${111122220000 + index}", region: us-east-1, read-only: { description: ${name} } }\n`,
  );
  writeFileSync(file, `environments:\n${environments.join("")}`);
  return file;
}

const BROKEN = join(scratch, "broken.yaml");

const publishing: Kind = {
  job: (name, out) => ({
    publish: ["--out", out, "--version", `1.0.0-${name}`],
    env: { SUPPORT_APP_ENVIRONMENTS: environmentsFile(name, []) },
  }),
  failing: (out) => ({ publish: ["--out", out], env: { SUPPORT_APP_ENVIRONMENTS: BROKEN } }),
  whole: (out) => {
    if (!existsSync(out)) return undefined;
    const { SHA256SUMS = "", ...files } = filesBelow(out);
    const sums = Object.entries(files).map(
      ([path, text]) => `${createHash("sha256").update(text).digest("hex")}  ${path}\n`,
    );
    expect(sums.sort()).toEqual(SHA256SUMS.split(/(?<=\n)/).sort());
    return JSON.parse(files["manifest.json"] ?? "").version.replace("1.0.0-", "");
  },
  lost: /Another run published to it at the same moment: publish again\./,
  unwritable: (folder) => `Can't publish to "${folder}": `,
};

let template: Readonly<Record<string, string>>;

/** What a file of the template is for an environment of that name. */
function ofName(path: string, text: string, name: string): string {
  const named = text.replaceAll("template", name);
  if (!path.endsWith("cdk.tf.json")) return named;
  return named.replace(/(?<="value": ")[\da-f]{64}(?=")/, digestOfStack(JSON.parse(named)));
}

const synthesizing: Kind = {
  job: (name, out) => ({ env: { SUPPORT_APP_ENVIRONMENTS: environmentsFile(name, KEPT), CDKTF_OUTDIR: out } }),
  failing: (out) => ({ env: { SUPPORT_APP_ENVIRONMENTS: BROKEN, CDKTF_OUTDIR: out } }),
  whole: (out) => {
    if (!existsSync(join(out, "manifest.json"))) return undefined;
    const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
    const name = Object.keys(manifest.stacks).find((stack) => !KEPT.includes(stack)) ?? "";
    for (const [path, text] of Object.entries(template)) {
      const here = readFileSync(join(out, path.replaceAll("template", name)), "utf8");
      expect(here).toBe(ofName(path, text, name));
    }
    return name;
  },
  lost: /another run (is writing it|removed what this one had prepared)/,
  unwritable: (folder) => `Can't write the output folder "${folder}": `,
};

const KINDS = { publish: publishing, synth: synthesizing };

beforeAll(async () => {
  mkdirSync(scratch);
  writeFileSync(BROKEN, "environments: {}\n");
  const out = join(scratch, "template");
  const worker = await Worker.start();
  expect(await worker.done(synthesizing.job("template", out))).toMatchObject({ status: 0 });
  worker.end();
  template = filesBelow(out);
});

function filesBelow(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(folder.length + 1), readFileSync(path, "utf8")];
    }),
  );
}

/** What runs have left beside a publication, or in an output folder. */
function leftOf(out: string): string[] {
  return [dirname(out), out].flatMap((folder) => readdirSync(folder).filter((name) => name.startsWith(".")));
}

describe.each(Object.entries(KINDS))("%s", (command, kind) => {
  const folder = join(scratch, command);
  beforeAll(() => void mkdirSync(folder));

  diskTest(`in ${ROUNDS} rounds of four at once, there is the output of one that says so`, async () => {
    const out = join(folder, "rounds");
    const pool = await Promise.all(Array.from({ length: 4 }, () => Worker.start()));
    for (let round = 0; round < ROUNDS; round++) {
      const names = pool.map((_, index) => `of-four-${round}-${index}`);
      const ended = await Promise.all(pool.map((worker, index) => worker.done(kind.job(names[index] ?? "", out))));
      for (const { status, output } of ended) if (status !== 0) expect(output).toMatch(kind.lost);
      expect(names.filter((_, index) => ended[index]?.status === 0)).toContain(kind.whole(out));
      expect(leftOf(out)).toEqual([]);
    }
    for (const worker of pool) worker.end();
  });

  diskTest(`on a disk that fills at ${POINTS} points, there is the old or the new, and a sentence`, async () => {
    const disk = join(folder, "disk");
    const worker = await workerWithDisk(disk);
    const out = join(disk, "out");
    const seenFrom = (path: string) => join("/proc", String(worker.child.pid), "root", path); // the worker alone sees it
    expect(await worker.done(kind.job("old", out))).toMatchObject({ status: 0 });
    const { blocks, bfree, files, ffree } = statfsSync(seenFrom(disk));
    let last = "old";
    for (let point = 0; point < POINTS; point++) {
      // Of as many pages and files as it has, one after the other are left, and a few more than that.
      const now = statfsSync(seenFrom(disk));
      const part = (1.4 * Math.floor(point / 2)) / (POINTS / 2);
      const left =
        point % 2 === 0
          ? `size=${(now.blocks - now.bfree + Math.round(part * (blocks - bfree))) * now.bsize}`
          : `nr_inodes=${now.files - now.ffree + Math.round(part * (files - ffree))}`;
      const job = kind.job(`point-${point}`, out);
      const { status, output } = await worker.done({ ...job, script: `mount -o remount,${left} '${disk}'` });
      if (status === 0) last = `point-${point}`;
      else expect(output).toContain(`${kind.unwritable(out)}ENOSPC: no space left on device, in "`);
      expect(kind.whole(seenFrom(out))).toBe(last);
      expect(leftOf(seenFrom(out))).toEqual([]);
      await worker.done({ ...kind.failing(out), script: `mount -o remount,size=64m,nr_inodes=9999 '${disk}'` });
    }
    expect(last).not.toBe("old");
    worker.end();
  });

  diskTest(
    "on a disk that is read-only, and without the right to write, there is a sentence and the old output",
    async () => {
      const disk = join(folder, "read-only");
      const worker = await workerWithDisk(disk);
      const out = join(disk, "out");
      await worker.done(kind.job("old", out));
      expect(await worker.done({ ...kind.job("new", out), script: `mount -o remount,ro '${disk}'` })).toMatchObject({
        status: 1,
        output: expect.stringContaining(
          `${kind.unwritable(out)}EROFS: read-only file system, in "${command === "publish" ? disk : out}". Nothing was changed. Make it writable, or choose another folder.`,
        ),
      });
      expect(kind.whole(join("/proc", String(worker.child.pid), "root", out))).toBe("old");
      worker.end();
    },
  );
});

/** A worker that has a disk of its own, in memory. */
async function workerWithDisk(disk: string): Promise<Worker> {
  mkdirSync(disk);
  const worker = await Worker.start("unshare", "--map-root-user", "--mount");
  const nothing = { publish: ["--help"], env: {} };
  await worker.done({ ...nothing, script: `mount -t tmpfs -o size=64m,nr_inodes=9999 tmpfs '${disk}'` });
  return worker;
}

/** Root may write everywhere, unless it does without that right. */
const WITHOUT_RIGHTS =
  process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] : ["env"];

diskTest.each<[string, (folder: string) => { kind: Kind; out: string; locked: string }]>([
  ["a publication beside which", (folder) => ({ kind: publishing, out: join(folder, "out"), locked: folder })],
  ["an output in which", (folder) => ({ kind: synthesizing, out: join(folder, "out"), locked: join(folder, "out") })],
  [
    "an output in a stack of which",
    (folder) => ({ kind: synthesizing, out: join(folder, "out"), locked: join(folder, "out/stacks/a-7") }),
  ],
])("%s nothing may be written is a sentence, and stays", async (_, make) => {
  const { kind, out, locked } = make(mkdtempSync(join(scratch, "locked-")));
  const worker = await Worker.start(...WITHOUT_RIGHTS);
  await worker.done(kind.job("old", out));
  chmodSync(locked, 0o555);
  expect(await worker.done(kind.job("new", out))).toMatchObject({
    status: 1,
    output: expect.stringMatching(
      `${kind.unwritable(".*")}EACCES: permission denied, in ".*"\\. Nothing was changed\\. Make it writable, or choose another folder\\.$`,
    ),
  });
  expect(kind.whole(out)).toBe("old");
  expect(leftOf(out)).toEqual([]);
  chmodSync(locked, 0o755);
  worker.end();
});

diskTest("a folder that is a mount point can't be replaced, which is a sentence", async () => {
  const disk = join(scratch, "mounts");
  const worker = await workerWithDisk(disk);
  expect(await worker.done(publishing.job("new", disk))).toMatchObject({
    status: 1,
    output: expect.stringContaining(
      `Can't publish to "${disk}": EBUSY: resource busy or locked, in "${scratch}". Nothing was changed. It is a mount point, or on another disk: choose a folder in it.`,
    ),
  });
  expect(await worker.done(publishing.job("new", join(disk, "in-it")))).toMatchObject({ status: 0 });
  worker.end();
});

diskTest("main.ts works beside itself, and what is left is the output of one", async () => {
  const out = join(scratch, "beside", "out");
  mkdirSync(join(scratch, "beside"));
  const { env } = synthesizing.job("old", out);
  const runs = [1, 2, 3].map(() =>
    once(spawn(process.execPath, [compiled("main.ts")], { env: { ...process.env, ...env } }), "close"),
  );
  for (const [status] of await Promise.all(runs)) expect(status).toBe(0);
  expect(synthesizing.whole(out)).toBe("old");
  expect(leftOf(out)).toEqual([]);
});

diskTest(
  `killed at ${KILLS} moments each, there is the old, the new or a mark, and the new once it runs again`,
  async () => {
    await Promise.all(Object.entries(KINDS).map(([command, kind]) => kill(command, kind))); // what takes long are their starts
  },
);

async function kill(command: string, kind: Kind): Promise<void> {
  const out = join(scratch, command, "kills");
  let worker = await Worker.start();
  await worker.done(kind.job("warm", out));
  const { changes } = await worker.done(kind.job("old", out));
  const found = new Set<"old" | "new">();
  let last = "old";
  for (let moment = 1; moment <= KILLS; moment++) {
    const next = Worker.start();
    const after = Math.ceil((moment * changes) / KILLS);
    const done = await worker.run({ ...kind.job(`kill-${moment}`, out), killAfter: after });
    if (done) worker.end(); // the last moment may be one too late
    worker = await next;
    // A publication is away for a moment, and an output that is half in its place has a mark.
    if (existsSync(out) && !existsSync(join(out, ".synthesizing"))) {
      const now = kind.whole(out);
      expect([last, `kill-${moment}`]).toContain(now);
      found.add(now === last ? "old" : "new");
    }
    last = `after-${moment}`;
    expect(await worker.done(kind.job(last, out))).toMatchObject({ status: 0 });
    expect(kind.whole(out)).toBe(last);
    expect(leftOf(out)).toEqual([]);
  }
  expect(found).toContain("old");
  worker.end();
}
