import { thoroughTest } from "../support/thorough";
import { newAccount } from "./support/account";
import { actionsOf, expectScope, forEmulator, printedPolicy } from "./support/deployer";
import { allowUser, createBoundary, createUser } from "./support/examples";
import { stagesOfLife, tamper } from "./support/life";
import {
  createProject,
  deploy,
  deployCommand,
  diff,
  type Ended,
  type RunOptions,
  removeProjects,
  terraform,
  writeEnvironments,
} from "./support/project";
import { type Call, startProxy } from "./support/proxy";

afterAll(removeProjects);

/** Terraform's state. */
interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly status?: string }[];
  }[];
}

thoroughTest(
  "every action of the policy is needed: without it, some run of an environment's life fails by its name",
  async () => {
    const account = newAccount();
    const boundary = await createBoundary(account);
    const { born, changed, retired } = stagesOfLife(account, boundary);
    const project = createProject("least-life", born);
    const policy = await printedPolicy(project, "life");
    const as = await createUser(account, "deployer");
    const granted = new Set<string>();
    const calls: Call[] = [];

    /** Repeats a command with what it was denied, until it works. */
    async function grantUntil(works: (options: RunOptions) => Promise<Ended>): Promise<void> {
      for (;;) {
        if (granted.size > 0)
          await allowUser(
            account,
            "deployer",
            forEmulator(policy, (action) => granted.has(action)),
          );
        const proxy = await startProxy();
        const { status, output } = await works({ as, endpoint: proxy.endpoint });
        await proxy.close();
        calls.push(...proxy.calls);
        if (status === 0) return;
        const actions = [...output.matchAll(/not authorized to perform: ([\w:]+)/g)].map(([, action = ""]) => action);
        const denied = actions.filter((action) => !granted.has(action));
        if (denied.length === 0) throw new Error(`Nothing new was denied, and yet:\n${output}`);
        expect(actionsOf(policy)).toEqual(expect.arrayContaining(denied));
        for (const action of denied) granted.add(action);
        await untaint();
      }
    }

    /** What was denied its second call is half-made to Terraform. */
    async function untaint(): Promise<void> {
      const { stdout } = await terraform(project, "life", ["state", "pull"], { as: account });
      const { resources }: State = JSON.parse(stdout || '{ "resources": [] }'); // there may be no state yet
      for (const { type, name, instances } of resources) {
        if (!instances.some(({ status }) => status === "tainted")) continue;
        await terraform(project, "life", ["untaint", `${type}.${name}`], { as: account });
      }
    }

    await grantUntil((options) => deploy(project, "life", options));
    writeEnvironments(project, changed);
    await tamper(account, boundary);
    await grantUntil((options) => deployCommand(project, "life", options)); // it alone lists what was made by hand
    await grantUntil((options) => diff(project, "life", options));
    writeEnvironments(project, retired);
    await grantUntil((options) => deploy(project, "life", options));

    expect([...granted].sort()).toEqual(actionsOf(policy));
    expectScope(policy, account, calls);
  },
); // the provider takes a Cloud Control call that is denied for one that is denied for now: two minutes
