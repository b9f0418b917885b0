import { sample } from "../support/thorough";
import {
  CHANGES,
  expectRecovery,
  expectStateReplaceable,
  type Interruption,
  uninterrupted,
} from "./support/interrupted";
import { cdktfDeploy, type deploy, deployCommand, killAll, removeProjects } from "./support/project";

afterAll(removeProjects);

let whole: unknown;

beforeAll(async () => {
  whole = await uninterrupted();
});

type Case = [command: string, moment: number, when: Interruption["when"], run: typeof deploy];

const CASES: readonly Case[] = Array.from({ length: CHANGES }, (_, index) => index + 1).flatMap((moment): Case[] => [
  ["support-app deploy", moment, "after", deployCommand],
  ...(moment % 2 === 0 ? [["support-app deploy", moment, "before", deployCommand] as Case] : []),
  ...(moment === 4 ? [["cdktf deploy", moment, "after", cdktfDeploy] as Case] : []),
]);

test.each(sample(CASES, 5))(
  "%s and Terraform killed at change %d, %s AWS has made it: the next deploy completes it by itself",
  async (_, moment, when, deploy) => {
    await expectRecovery({ interrupt: killAll, moment, when, deploy }, whole);
  },
);

test("killed while it writes its state, which is then empty: the next deploy finds everything in the account", () =>
  expectStateReplaceable(whole));
