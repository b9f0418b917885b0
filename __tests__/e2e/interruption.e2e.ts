import type { ChildProcess } from "node:child_process";
import { truncateSync } from "node:fs";
import { join } from "node:path";
import { sample } from "../support/thorough";
import { comparableAccount, newAccount, readRole } from "./support/account";
import { runThroughProxy } from "./support/interrupted-run";
import { endGroup } from "./support/ministack";
import {
  cdktfDeploy,
  createProject,
  deployCommand,
  type Ended,
  killAll,
  type Project,
  type RunOptions,
  removeProjects,
  supportApp,
  terraform,
} from "./support/project";
import { changes } from "./support/proxy";

afterAll(removeProjects);

/** A project, and the account that it deploys to. */
interface Where {
  readonly account: string;
  readonly project: Project;
}

/** A project with channels and everything that they need, which nobody has deployed. */
function newProject(name: string): Where {
  const account = newAccount();
  const yaml = `environments:
  cut:
    account: "${account}"
    region: us-east-1
    read-only: { channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01 }] }
    full:
      service-quotas-role: create
      channels:
        - { name: oncall, workspace: T012ABCDEFG, channel: C02 }
        - { name: leads, workspace: T012ABCDEFG, channel: C03 }
`;
  return { account, project: createProject(name, yaml) };
}

/** The number of changes that deploying it makes. */
const CHANGES = 10;

const command = ({ project, account }: Where, ...args: string[]) => supportApp(project, args, { as: account });
const deploy = (place: Where) => command(place, "deploy", "--changed", "--auto-approve");

let whole: unknown;
beforeAll(async () => {
  const place = newProject("interruption-none");
  expect(await deploy(place)).toMatchObject({ status: 0 });
  whole = await comparableAccount(place.account);
});

/** That the account has what the file says, and nothing is left to do. */
async function expectDeployed(place: Where): Promise<void> {
  expect(await comparableAccount(place.account)).toEqual(whole);
  const { status, output } = await command(place, "diff", "--drift");
  expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining("1 environment: 1 unchanged.") });
}

/** How and when a deploy is interrupted. */
interface Interruption {
  readonly interrupt: (child: ChildProcess) => void;
  /** The number of the change, as AWS counts them. */
  readonly moment: number;
  /** Whether AWS has made it then. */
  readonly when: "before" | "after";
  readonly run: (project: Project, environment: string, options: RunOptions) => Promise<Ended>;
}

/** Interrupts a deploy, and waits for all that is under way. */
async function interruptedDeploy({ interrupt, moment, when, run }: Interruption): Promise<Where & Ended> {
  const place = newProject("interruption");
  let changeCount = 0;
  const result = await runThroughProxy(
    (options) => run(place.project, "cut", { as: place.account, ...options }),
    (call, end) => {
      if (!changes(call) || ++changeCount !== moment) return undefined;
      end(interrupt);
      return when === "before" ? { status: 500, body: "" } : undefined;
    },
  );
  expect(result.status).not.toBe(0);
  expect(changeCount).toBeGreaterThanOrEqual(moment);
  return { ...result, ...place };
}

const signal = (name: NodeJS.Signals) => (child: ChildProcess) => endGroup(child, name);

test.each(sample([2, 5, 9], 3))(
  "support-app deploy has Terraform go on to the end after Ctrl-C at change %d, and nothing is left to do",
  async (moment) => {
    const ctrlC = { interrupt: signal("SIGINT"), moment, when: "after", run: deployCommand } as const;
    const { status, output, ...place } = await interruptedDeploy(ctrlC);
    await expectDeployed(place);
    expect(status).toBe(130);
    expect(output).toContain("Received SIGINT: waiting for Terraform to finish these changes");
    expect(output).toContain("Apply complete!");
    expect(output).toContain("Received SIGINT. cut is done; nothing after it was started.");
  },
);

// The limit that docs/deploying.md sets ends a deploy by SIGTERM. Terraform's provider gives up what it is asking AWS for when it is interrupted, and CDKTF ends without waiting for Terraform.
const CASES = Object.entries({ SIGTERM: signal("SIGTERM"), "a kill of it and of Terraform": killAll }).flatMap(
  ([title, interrupt]) => [
    ...Array.from({ length: CHANGES }, (_, index) => ({
      what: title,
      interrupt,
      moment: index + 1,
      when: "after" as const,
    })),
    ...Array.from({ length: CHANGES / 2 }, (_, index) => ({
      what: title,
      interrupt,
      moment: 2 * (index + 1),
      when: "before" as const,
    })),
  ],
);
const OF_CDKTF = [
  { what: "Ctrl-C", interrupt: signal("SIGINT"), moment: 5, when: "after" as const },
  { what: "a kill of it and of Terraform", interrupt: killAll, moment: 4, when: "after" as const },
];

test.each([
  ...sample(CASES, 15, 4).map((interruption) => ({ ...interruption, command: "support-app", run: deployCommand })),
  ...sample(OF_CDKTF, 2).map((interruption) => ({ ...interruption, command: "cdktf", run: cdktfDeploy })),
])(
  "the next deploy completes by itself what $command deploy left after $what at change $moment, $when AWS has made it",
  async (interruption) => {
    const interrupted = await interruptedDeploy(interruption);
    const next = await deploy(interrupted);
    if (next.status !== 0) throw new Error(`${interrupted.output}\n\nThe next deploy:\n${next.output}`);
    await expectDeployed(interrupted);
  },
);

test("a tainted attachment is kept; a state that was killed while written, and is empty, is found again in the account", async () => {
  const place = newProject("interruption-state");
  const as = { as: place.account };
  expect(await deploy(place)).toMatchObject({ status: 0 });
  await terraform(place.project, "cut", ["taint", "aws_iam_role_policy_attachment.full"], as);
  expect(await deploy(place)).toMatchObject({ status: 0 });
  expect((await readRole(place.account, "AWSSupportAppFullRole"))?.attached).toEqual(["AWSSupportAppFullRolePolicy"]);

  truncateSync(join(place.project.folder, "state/cut.tfstate"));
  expect(await deploy(place)).toMatchObject({ status: 0 });
  await expectDeployed(place);
});
