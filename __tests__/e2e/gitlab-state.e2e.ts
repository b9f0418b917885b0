import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SLACK_CHANNEL_TYPE } from "../../modules/support-app/model/cloud-control-types";
import { changeByHand, newAccount, readAccount, readChannels } from "./support/account";
import { type GitLabStates, startGitLabStates } from "./support/gitlab-states";
import {
  createProject,
  deployCommand,
  init,
  removeProjects,
  run,
  supportApp,
  synth,
  terraform,
  writeEnvironments,
} from "./support/project";

afterAll(removeProjects);

let gitLab: GitLabStates;
beforeAll(async () => {
  gitLab = await startGitLabStates();
});
afterAll(() => gitLab.close());

const IN_GITLAB = () => `{ type: http, address: "${gitLab.address}" }`;
const environments = (name: string, account: string, backend = IN_GITLAB()) => `environments:
  ${name}:
    account: "${account}"
    region: us-east-1
    backend: ${backend}
    full: { channels: [{ name: oncall, workspace: T012ABCDEFG, channel: C01 }] }
`;

/** The number of resources in the latest version of a state. */
function resourcesIn(name: string): number | undefined {
  const latest = [...(gitLab.states.get(name)?.versions.values() ?? [])].at(-1);
  return latest === undefined ? undefined : JSON.parse(latest).resources.length;
}

test("an environment with its state in GitLab is deployed, drifts, doesn't pass another's lock, and moves", async () => {
  // GIVEN
  const account = newAccount();
  const project = createProject("gitlab-state", environments("old", account));
  const as = { as: account, env: gitLab.credentials };
  const state = () => gitLab.states.get("support-app-old");
  const access = async () => ({ ...(await readAccount(account)), channels: await readChannels(account) });

  // WHEN: credentials are missing
  const withoutCredentials = await deployCommand(project, "old", { as: account });
  expect(withoutCredentials).toMatchObject({
    status: 1,
    output: expect.stringContaining("HTTP remote state endpoint requires auth"),
  });
  // WHEN: it is deployed
  expect(await deployCommand(project, "old", as)).toMatchObject({ status: 0 });
  expect([...gitLab.states.keys()]).toEqual(["support-app-old"]);
  expect(state()?.lock).toBeUndefined();
  const search = await run(project, "grep", ["-rl", gitLab.credentials.TF_HTTP_PASSWORD, "."], { as: account });
  expect(search.output).toBe("");

  // WHEN: somebody changes a channel
  const drift = () => supportApp(project, ["diff", "--drift", "old"], as);
  const before = await access();
  expect(await drift()).toMatchObject({ status: 0 });
  await changeByHand(account, SLACK_CHANNEL_TYPE, { ChannelRoleArn: "arn:aws:iam::999999999999:role/Admin" });
  expect(await drift()).toMatchObject({ status: 6, output: expect.stringContaining("role/Admin") });

  // WHEN: somebody else has the lock
  gitLab.lock("support-app-old", "5f0c-1");
  expect(await deployCommand(project, "old", as)).toMatchObject({
    status: 1,
    output: expect.stringContaining("release its lock in Operate > Terraform states in the GitLab project"),
  });
  delete state()?.lock;
  expect(await deployCommand(project, "old", as)).toMatchObject({ status: 0 });
  expect(await access()).toEqual(before);

  // WHEN: it has a new name
  // A new name, as documented.
  const count = resourcesIn("support-app-old");
  const file = join(project.folder, "old.tfstate");
  writeFileSync(file, (await terraform(project, "old", ["state", "pull"], as)).stdout);
  writeEnvironments(project, environments("new", account));
  expect(await synth(project, as)).toMatchObject({ status: 0 });
  expect(await init(project, "new", as)).toMatchObject({ status: 0 });
  expect(await terraform(project, "new", ["state", "push", file], as)).toMatchObject({ status: 0 });
  gitLab.remove("support-app-old");
  expect(resourcesIn("support-app-new")).toBe(count);
  expect(await supportApp(project, ["diff", "--drift", "new"], as)).toMatchObject({ status: 0 });
  expect(await access()).toEqual(before);
  expect([...gitLab.states.values()].map(({ lock }) => lock)).toEqual([undefined]);

  // WHEN: its state moves
  // A change of the backend, from GitLab and to it, as documented.
  for (const backend of ["{ type: local }", IN_GITLAB()]) {
    writeEnvironments(project, environments("new", account, backend));
    expect(await synth(project, as)).toMatchObject({ status: 0 });
    const migrate = ["init", "-migrate-state", "-force-copy", "-input=false"];
    expect(await terraform(project, "new", migrate, as)).toMatchObject({ status: 0 });
    if (backend === "{ type: local }") gitLab.remove("support-app-new");
  }
  expect(resourcesIn("support-app-new")).toBe(count);
});
