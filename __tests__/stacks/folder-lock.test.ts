import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  acquireLock,
  asideFolder,
  hasEnded,
  heldFolder,
  lockHolders,
  newRun,
  preparedFolder,
  prepareRun,
  releaseLock,
  runOf,
  runsAside,
} from "../../stacks/folder-lock";

const HOST = encodeURIComponent(hostname()).slice(0, 100);

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "support-app-folder-lock-"));
  lock = join(folder, ".lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a run's own folder is beside the lock before it holds it, in it while it does, and aside afterwards", () => {
  prepareRun(lock, "1-2-a-host");
  expect(preparedFolder(lock, "1-2-a-host")).toBe(join(folder, ".lock-1-2-a-host/1-2-a-host"));
  writeFileSync(join(preparedFolder(lock, "1-2-a-host"), "file"), "");
  expect(lockHolders(lock)).toEqual([]);
  expect(runsAside(lock)).toEqual(["1-2-a-host"]);

  expect(acquireLock(lock, "1-2-a-host")).toBe(true);
  expect(lockHolders(lock)).toEqual(["1-2-a-host"]);
  expect(runsAside(lock)).toEqual([]);
  expect(heldFolder(lock, "1-2-a-host")).toBe(join(folder, ".lock/1-2-a-host"));
  expect(readdirSync(heldFolder(lock, "1-2-a-host"))).toEqual(["file"]);

  expect(releaseLock(lock, "1-2-a-host")).toBe(true);
  expect(existsSync(lock)).toBe(false);
  expect(readdirSync(asideFolder(lock, "1-2-a-host"))).toEqual(["file"]);
});

test("a run doesn't get the lock of another, and can't release it", () => {
  for (const id of ["one", "two"]) prepareRun(lock, id);
  expect(acquireLock(lock, "one")).toBe(true);
  expect(acquireLock(lock, "two")).toBe(false);
  expect(releaseLock(lock, "two")).toBe(false);
  expect(lockHolders(lock)).toEqual(["one"]);
  expect(existsSync(preparedFolder(lock, "two"))).toBe(true);
});

test("a lock that nobody holds is free, and one that isn't there can be released", () => {
  mkdirSync(lock);
  prepareRun(lock, "one");
  expect(lockHolders(lock)).toEqual([]);
  expect(acquireLock(lock, "one")).toBe(true);
  expect(releaseLock(lock, "one")).toBe(true);
  expect(releaseLock(lock, "one")).toBe(false);
});

test("a run whose folder was removed can't acquire the lock: that is an error, not a lock of another", () => {
  expect(() => acquireLock(lock, "one")).toThrow("ENOENT");
});

test("nothing holds a lock below a file, and a folder that can't be read is an error", () => {
  writeFileSync(join(folder, "file"), "");
  expect(lockHolders(join(folder, "file/.lock"))).toEqual([]);
  expect(() => lockHolders("a\u0000b")).toThrow();
  expect(() => lockHolders(join(folder, "n".repeat(300)))).toThrow("ENAMETOOLONG");
});

test("a run's folder that is there already is an error", () => {
  prepareRun(lock, "one");
  expect(() => prepareRun(lock, "one")).toThrow("EEXIST");
});

test("only what begins with the lock's name and a hyphen is beside it", () => {
  for (const name of [".lock-one", ".lock-", ".locked", "other", ".lock2-two"]) mkdirSync(join(folder, name));
  expect(runsAside(lock).sort()).toEqual(["", "one"]);
});

test("an ID names its process, its host and when it began, and no two are the same", () => {
  const start = Date.now();
  const id = newRun();
  const { pid, host, since } = runOf(id) ?? {};
  expect({ pid, host }).toEqual({ pid: process.pid, host: HOST });
  expect(since?.getTime()).toBeGreaterThanOrEqual(start);
  expect(since?.getTime()).toBeLessThanOrEqual(Date.now());
  expect(id).toMatch(/^\d+-\d+-[0-9a-f]{12}-/);
  expect(newRun()).not.toBe(id);
});

test.each([
  ["12-34-ab-my-host", { pid: 12, host: "my-host", since: new Date(34) }],
  ["1-2-a-h", { pid: 1, host: "h", since: new Date(2) }],
  ["a12-34-ab-host", undefined],
  ["x-34-ab-host", undefined],
  ["12-x-ab-host", undefined],
  ["12-34-xy-host", undefined],
  ["12-34-ab-", undefined],
  ["12-34-ab-host\nmore", undefined],
  ["12-34--host", undefined],
  ["manifest.json", undefined],
])("the ID %s names %p", (id, run) => {
  expect(runOf(id)).toEqual(run);
});

describe("whether a run has ended", () => {
  const MINUTE = 60_000;
  const idOf = (pid: number, age = 0, host = HOST) => `${pid}-${Date.now() - age}-ab-${host}`;
  const ended = () => spawnSync("true").pid;

  test("it hasn't while its process runs, on this host or another", () => {
    expect(hasEnded(newRun())).toBe(false);
    expect(hasEnded(idOf(process.pid, 9 * MINUTE))).toBe(false);
    expect(hasEnded(idOf(ended(), 0, "elsewhere"))).toBe(false);
  });

  test("it has once its process has exited", () => expect(hasEnded(idOf(ended()))).toBe(true));

  test("somebody else's process runs, too", () => expect(hasEnded(idOf(1))).toBe(false));

  test("it has after ten minutes, whatever its process does, or if the clock was set back", () => {
    expect(hasEnded(idOf(process.pid, 11 * MINUTE))).toBe(true);
    expect(hasEnded(idOf(process.pid, -11 * MINUTE))).toBe(true);
    expect(hasEnded(idOf(process.pid, -9 * MINUTE))).toBe(false);
    expect(hasEnded(idOf(process.pid, 11 * MINUTE, "elsewhere"))).toBe(true);
  });

  test("after exactly ten minutes it may still run", () => {
    jest.useFakeTimers({ now: 20 * MINUTE, doNotFake: ["setImmediate"] });
    try {
      expect([10 * MINUTE, 10 * MINUTE + 1].map((age) => hasEnded(idOf(process.pid, age)))).toEqual([false, true]);
    } finally {
      jest.useRealTimers();
    }
  });

  test("it has if its process was killed, even if nobody has waited for that", async () => {
    // The shell becomes a process that doesn't wait for its child.
    const shell = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "inherit"] });
    const stateOf = (pid: unknown) => readFileSync(`/proc/${pid}/stat`, "latin1");
    try {
      const [said] = await once(shell.stdout, "data");
      const pid = Number(String(said));
      while (!stateOf(shell.pid).includes("(sleep)")) await setTimeout(5);
      expect(hasEnded(idOf(pid))).toBe(false);
      process.kill(pid, "SIGKILL");
      while (!stateOf(pid).includes(") Z ")) await setTimeout(5);
      expect(hasEnded(idOf(pid))).toBe(true);
    } finally {
      shell.kill();
    }
  });

  test("what isn't an ID is no run", () => expect(hasEnded("left-over")).toBe(true));
});
