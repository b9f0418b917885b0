import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../../../cli/aws/connection";
import { diagnose } from "../../../../cli/commands/doctor/diagnose";
import { examineAll } from "../../../../cli/commands/doctor/examine-all";
import type { ReportedEnvironment } from "../../../../cli/reports/doctor-report";
import { type AnsweringAws, AWS_VARIABLES, answerAs } from "../../../support/answering-aws";
import { fleetOf, healthyFleet } from "../../../support/healthy-fleet";
import { NOW } from "../../../support/now";

const before = { ...process.env };
let aws: AnsweringAws | undefined;

afterEach(async () => {
  process.env = { ...before };
  await aws?.close();
  aws = undefined;
});

const diagnosisOf = (name: string) => ({ name, answer: "healthy" }) as ReportedEnvironment;

test("a limited number is looked at in parallel, and each is reported as soon as it is known", async () => {
  const environments = fleetOf(6);
  const ends = new Map<string, () => void>();
  const told: [string, number][] = [];
  const all = examineAll(
    environments,
    2,
    ({ name }) => new Promise((resolve) => ends.set(name, () => resolve(diagnosisOf(name)))),
    ({ name }, index) => told.push([name, index]),
  );
  const end = async (name: string) => {
    ends.get(name)?.();
    await sleep(0);
  };
  await sleep(0);
  expect([...ends.keys()]).toEqual(["e0", "e1"]);
  await end("e1");
  expect(told).toEqual([["e1", 1]]);
  expect([...ends.keys()]).toEqual(["e0", "e1", "e2"]);
  for (const name of ["e2", "e3", "e4", "e5", "e0"]) await end(name);
  await all;
  expect(told.map(([name]) => name)).toEqual(["e1", "e2", "e3", "e4", "e5", "e0"]);
});

test("one for which AWS doesn't answer makes room, and is reported in the end", async () => {
  const told: string[] = [];
  let giveUp = () => {};
  const all = examineAll(
    fleetOf(5),
    1,
    ({ name }, onSilence) => {
      if (name !== "e0") return Promise.resolve(diagnosisOf(name));
      setImmediate(onSilence);
      return new Promise((resolve) => {
        giveUp = () => resolve(diagnosisOf(name));
      });
    },
    ({ name }) => told.push(name),
  );
  while (told.length < 4) await sleep(1);
  expect(told).toEqual(["e1", "e2", "e3", "e4"]);
  giveUp();
  await all;
  expect(told.at(-1)).toBe("e0");
});

test("an error is thrown, even by one that has made room", async () => {
  const failing = examineAll(
    fleetOf(2),
    1,
    async (_, onSilence) => {
      onSilence();
      await sleep(1);
      throw new Error("It is broken.");
    },
    () => {},
  );
  await expect(failing).rejects.toThrow("It is broken.");
});

test("accounts that hang don't delay the others: all others are reported before one of them is given up", async () => {
  const COUNT = 15;
  const hangs = (account: string) => Number(account) % 3 !== 0;
  const isAsked = (action: string) => !["AssumeRole", "GetCallerIdentity"].includes(action);
  aws = await answerAs(healthyFleet((account, action) => (hangs(account) && isAsked(action) ? () => {} : undefined)));
  process.env = { ...before, ...AWS_VARIABLES, AWS_ENDPOINT_URL: aws.endpoint };
  const environments = fleetOf(COUNT);
  const connection = connect(() => {}, 300);
  const told: ReportedEnvironment[] = [];
  const all = examineAll(
    environments,
    4,
    (environment, onSilence) =>
      diagnose(connection, environment, { now: NOW, deployRole: environment.deployRole, onSilence }),
    (diagnosis) => told.push(diagnosis),
  );
  while (told.length < COUNT / 3) await sleep(10);
  expect(told.map(({ account, answer }) => ({ hangs: hangs(account), answer }))).toEqual(
    Array(COUNT / 3).fill({ hangs: false, answer: "healthy" }),
  );
  await aws.close(); // which ends what hangs
  await all.finally(() => connection.destroy());
  expect(told.slice(COUNT / 3).map(({ answer }) => answer)).toEqual(Array((COUNT / 3) * 2).fill("unknown"));
});
