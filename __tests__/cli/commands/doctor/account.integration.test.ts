import { connect } from "../../../../cli/aws/connection";
import { readAccount } from "../../../../cli/commands/doctor/account";
import { type Answers, awsInTests } from "../../../support/answering-aws";
import { everyCallEnvironment, healthyAws } from "../../../support/healthy-aws";
import { ACCOUNT } from "../../../support/live-account";
import { NOW } from "../../../support/now";

const aws = awsInTests();

async function read(answers: Answers, environment = everyCallEnvironment, levels = environment.accesses) {
  aws.answers = answers;
  const connection = connect();
  return readAccount(connection.configFor(environment), environment, levels, NOW).finally(() => connection.destroy());
}

const ROLE = "AWSSupportAppFullRole";
const arnOf = (role: string) => `arn:aws:iam::${ACCOUNT}:role/${role}`;

test("everything that the checks need is read, at the same time", async () => {
  const account = await read(healthyAws);
  expect(account).toMatchObject({
    time: NOW,
    supportApi: { known: { items: [{ code: "low" }] } },
    accesses: [{ time: NOW, props: { access: "full" }, role: { known: { arn: arnOf(ROLE) } } }],
    roles: { known: [{ name: "other", rights: { role: { known: { arn: arnOf("other") } } } }] },
    channels: { known: [{ identifier: "T1|C1" }, { identifier: "T1|C2" }] },
    workspaces: { known: ["T1"] },
    serviceQuotasRole: { known: true },
  });
  expect(account.accesses[0]?.policies).toMatchObject({ known: [{ name: `${ROLE}Policy` }, { name: "by-hand" }] });
});

test("a role of environments.yaml, in any case, and one that can't trust the Support App aren't others", async () => {
  const answers: Answers = (action, parameters) => {
    const answer = String(healthyAws(action, parameters));
    return action === "ListRoles" ? answer.replace("<RoleName>other", `<RoleName>${ROLE.toUpperCase()}`) : answer;
  };
  expect((await read(answers, everyCallEnvironment, [])).roles).toEqual({ known: [] });
});

test("of some access levels, only those are read", async () => {
  expect((await read(healthyAws, everyCallEnvironment, [])).accesses).toEqual([]);
});

test("the Support API is asked in its own region", async () => {
  await read(healthyAws, { ...everyCallEnvironment, region: "eu-west-1" });
  expect(aws.signed[aws.asked.indexOf("DescribeSeverityLevels")]).toMatch(/ in us-east-1$/);
  expect(aws.signed[aws.asked.indexOf("ListResources")]).toMatch(/ in eu-west-1$/);
});
