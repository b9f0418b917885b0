import { newAccount, readRole } from "./account";
import { deployAsReadmeSays, expectRecovery, tell, uninterrupted, yaml } from "./interrupted";
import { endGroup } from "./ministack";
import { cdktfDeploy, createProject, deployed, removeProjects } from "./project";

afterAll(removeProjects);

let whole: unknown;

beforeAll(async () => {
  whole = await uninterrupted();
});

// CDKTF ends when it is interrupted, without waiting for Terraform.
test.each([2, 5, 9])(
  "CDKTF is interrupted by Ctrl-C at change %d, after AWS has made it: the next deploys go on to the end, by README's words where Terraform needs them",
  async (moment) => {
    const interrupt = (child: Parameters<typeof endGroup>[0]) => endGroup(child, "SIGINT");
    const interruption = { interrupt, moment, when: "after", deploy: cdktfDeploy, stateMayBeEmpty: false } as const;
    await expectRecovery(interruption, whole);
  },
);

test("a tainted attachment is kept by README's words, and without them loses the policy until the deploy after", async () => {
  const account = newAccount();
  const project = createProject("interruption-taint", yaml(account));
  const attached = async () => (await readRole(account, "AWSSupportAppFullRole"))?.attached;
  await deployed(project, "cut", { as: account });
  await tell(project, account, "taint", "aws_iam_role_policy_attachment.full");
  await deployAsReadmeSays(project, account);
  expect(await attached()).toEqual(["AWSSupportAppFullRolePolicy"]);

  await tell(project, account, "taint", "aws_iam_role_policy_attachment.full");
  await deployed(project, "cut", { as: account });
  expect(await attached()).toEqual([]);
  await deployed(project, "cut", { as: account });
  expect(await attached()).toEqual(["AWSSupportAppFullRolePolicy"]);
});
