import { expectRecovery, type Interruption, uninterrupted } from "./support/interrupted";
import { cdktfDeploy, deploy, killAll, removeProjects } from "./support/project";

afterAll(removeProjects);

let whole: unknown;

beforeAll(async () => {
  whole = await uninterrupted();
});

// Once with CDKTF: to what is killed, it is all the same who started it.
test.each<[moment: number, Interruption["when"], deploy: typeof deploy]>([
  [1, "after", deploy],
  [2, "before", deploy],
  [4, "after", cdktfDeploy],
  [5, "before", deploy],
  [7, "after", deploy],
  [8, "before", deploy],
  [10, "after", deploy],
])(
  "killed at change %d, %s AWS has made it: the next deploys complete it, with the documented commands where Terraform needs them",
  async (moment, when, deploy) => {
    await expectRecovery({ interrupt: killAll, moment, when, deploy, stateMayBeEmpty: true }, whole);
  },
);
