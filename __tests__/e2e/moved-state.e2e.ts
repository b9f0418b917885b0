import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sample } from "../support/thorough";
import { newAccount, readAccount, readChannels } from "./support/account";
import { createBucket } from "./support/examples";
import {
  createProject,
  deployed,
  init,
  type Project,
  removeProjects,
  supportApp,
  synth,
  terraform,
  writeEnvironments,
} from "./support/project";
import { startProxy } from "./support/proxy";

afterAll(removeProjects);

const CHANGES = /^(cloudformation|iam):(?!(Get|List))/;

/** An environment with everything there is. */
const environment = (name: string, account: string, backend: string) => `environments:
  ${name}:
    account: "${account}"
    region: us-east-1
    backend: ${backend}
    slack-workspaces: [T012ABCDEFG]
    account-alias: moved
    read-only: { channels: [{ name: watch, workspace: T012ABCDEFG, channel: C01 }] }
    full: { service-quotas-role: create, channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C02 }] }
`;

const OTHER = {
  ...{ mode: "managed", type: "aws_iam_role", name: "other" },
  provider: 'provider["registry.terraform.io/hashicorp/aws"]',
  instances: [{ schema_version: 0, attributes: { id: "other" } }],
};

/** A plan. Its exit status is 2 if there is any change, even of an output. */
async function plan(project: Project, name: string, account: string) {
  const as = { as: account };
  expect(await synth(project, as)).toMatchObject({ status: 0 });
  expect(await init(project, name, as)).toMatchObject({ status: 0 });
  return terraform(project, name, ["plan", "-input=false", "-detailed-exitcode"], as);
}

/** A Terraform that kills the command that runs it, when it is to write a state the second time. */
function killingTerraform({ folder }: Project): string {
  const file = join(folder, "killing-terraform");
  const script = `#!/bin/sh
case "$1 $2" in
  "state push") ;;
  *) exec terraform "$@" ;;
esac
if [ -e "${file}-pushed" ]; then kill -9 $PPID; exit 1; fi
touch "${file}-pushed"
exec terraform "$@"
`;
  writeFileSync(file, script, { mode: 0o755 });
  return file;
}

const BACKENDS = [
  ["local", async () => "{ type: local }"],
  ["s3", async (account: string) => `{ type: s3, bucket: ${await createBucket(account)}, region: us-east-1 }`],
] as const;

test.each(sample(BACKENDS, 2, 1))(
  "a renamed environment's state in %s moves, also if that is killed half-way, and back, but not over another one; the plan is empty, and AWS is never called to change anything",
  async (type, backendIn) => {
    const account = newAccount();
    const backend = await backendIn(account);
    const as = { as: account };
    const project = createProject(`moved-${type}`, environment("old", account, backend));
    await deployed(project, "old", as);
    const access = async () => ({ ...(await readAccount(account)), channels: await readChannels(account) });
    const before = await access();
    expect(Object.keys(before.channels).sort()).toEqual(["C01", "C02"]);

    const proxy = await startProxy();
    const move = (former: string, name: string, env: NodeJS.ProcessEnv = {}) =>
      supportApp(project, ["move", former, name, "--auto-approve"], {
        ...{ ...as, endpoint: proxy.endpoint },
        env: { ...env, TMPDIR: project.folder },
      });
    const refused = await move("old", "new");
    expect([refused.status, refused.output]).toEqual([1, expect.stringContaining('Received the environment "new"')]);

    writeEnvironments(project, environment("new", account, backend));
    const killed = await move("old", "new", { TERRAFORM_BINARY_NAME: killingTerraform(project) });
    expect(killed).toMatchObject({ status: null, output: expect.stringContaining("  to  ") });
    expect(await plan(project, "new", account)).toMatchObject({ status: 0 });

    const completed = await move("old", "new");
    expect(completed).toMatchObject({ status: 0, output: expect.stringContaining("which has them already") });
    expect(await plan(project, "new", account)).toMatchObject({ status: 0 });
    if (type === "local") {
      expect(readdirSync(join(project.folder, "state"))).not.toContain("old.tfstate");
      const otherState = {
        version: 4,
        serial: 1,
        lineage: "other",
        outputs: {},
        resources: [OTHER],
        check_results: null,
      };
      writeFileSync(join(project.folder, "state/other.tfstate"), JSON.stringify(otherState));
      writeEnvironments(project, environment("other", account, backend));
      const secondMove = await move("new", "other");
      expect(secondMove).toMatchObject({ status: 1, output: expect.stringContaining("which has other resources") });
    }

    writeEnvironments(project, environment("old", account, backend));
    expect(await move("new", "old")).toMatchObject({ status: 0 });
    expect(await plan(project, "old", account)).toMatchObject({ status: 0 });

    await proxy.close();
    expect(proxy.calls.map(({ action }) => action).filter((action) => CHANGES.test(action))).toEqual([]);
    expect(await access()).toEqual(before);
    const backups = readdirSync(project.folder).filter((name) => name.startsWith("support-app-move-"));
    expect(backups).toHaveLength(1); // of the killed command
  },
);
