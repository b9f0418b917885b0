import { renameSync } from "node:fs";
import { join } from "node:path";
import { CopyObjectCommand, DeleteObjectCommand } from "@aws-sdk/client-s3";
import { sample } from "../support/thorough";
import { newAccount, readAccount, readChannels, s3In } from "./support/account";
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

/** A backend, and how docs/changing-environments.md moves a state there. */
interface Place {
  readonly backend: string;
  move(former: string, name: string): unknown;
}

const PLACES: readonly [type: string, placeIn: (account: string, project: Project) => Promise<Place>][] = [
  [
    "local",
    async (_, { folder }) => ({
      backend: "{ type: local }",
      move: (former, name) =>
        renameSync(join(folder, `state/${former}.tfstate`), join(folder, `state/${name}.tfstate`)),
    }),
  ],
  [
    "s3",
    async (account) => {
      const Bucket = await createBucket(account);
      const keyOf = (name: string) => `support-app/${name}.tfstate`;
      return {
        backend: `{ type: s3, bucket: ${Bucket}, region: us-east-1 }`,
        // as `aws s3 mv` does
        async move(former, name) {
          const [Key, CopySource] = [keyOf(name), `${Bucket}/${keyOf(former)}`];
          await s3In(account).send(new CopyObjectCommand({ Bucket, Key, CopySource }));
          await s3In(account).send(new DeleteObjectCommand({ Bucket, Key: keyOf(former) }));
        },
      };
    },
  ],
];

test.each(sample(PLACES, 2, 1))(
  "a renamed environment's state in %s moves as documented; a diff before that names the page; then the plan is empty, and AWS is never called to change anything",
  async (type, placeIn) => {
    const account = newAccount();
    const as = { as: account };
    const project = createProject(`moved-${type}`, "environments: {}");
    const { backend, move } = await placeIn(account, project);
    writeEnvironments(project, environment("old", account, backend));
    await deployed(project, "old", as);
    const access = async () => ({ ...(await readAccount(account)), channels: await readChannels(account) });
    const before = await access();
    expect(Object.keys(before.channels).sort()).toEqual(["C01", "C02"]);

    const proxy = await startProxy();
    const watched = { ...as, endpoint: proxy.endpoint };
    writeEnvironments(project, environment("new", account, backend));
    expect(await supportApp(project, ["diff", "new"], watched)).toMatchObject({
      output: expect.stringContaining('docs/changing-environments.md, "Rename an environment"'),
    });
    await move("old", "new");
    expect(await synth(project, as)).toMatchObject({ status: 0 });
    expect(await init(project, "new", watched)).toMatchObject({ status: 0 });
    // Its exit status is 2 if there is any change, even of an output.
    const args = ["plan", "-input=false", "-detailed-exitcode"];
    expect(await terraform(project, "new", args, watched)).toMatchObject({ status: 0 });

    await proxy.close();
    expect(proxy.calls.map(({ action }) => action).filter((action) => CHANGES.test(action))).toEqual([]);
    expect(await access()).toEqual(before);
  },
);
