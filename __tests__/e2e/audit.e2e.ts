import { join } from "node:path";
import { GetAccountAuthorizationDetailsCommand, GetPolicyVersionCommand } from "@aws-sdk/client-iam";
import { parse } from "yaml";
import { auditReportSchema } from "../../cli/commands/audit/audit-report";
import { actionsOf, CAPABILITIES } from "../../modules/support-app/model/capability";
import { allows, type JsonStatement } from "../cli/iam/request";
import { sample } from "../support/thorough";
import { allowedActions, iamIn, newAccount, readRole, readSupportApp } from "./support/account";
import { forEmulator } from "./support/deployer";
import { allowUser, createUser } from "./support/examples";
import * as projects from "./support/project";
import { changes, startProxy } from "./support/proxy";

const { createProject, deployCommand, run, supportApp, synth, terraform, writeEnvironments } = projects;
afterAll(projects.removeProjects);

const READER = "support-app-audit";
const ASKED = ["audit", "--organization", "--assume-role", READER];

/** What guide-readers.py made. */
interface Made {
  /** IDs of accounts, by their names. */
  readonly ids: Readonly<Record<string, string>>;
  readonly inner: string;
  readonly outer: string;
  readonly dangers: readonly string[];
}

/** Accounts with something of which no role is what the guide makes, or that have nothing. */
const NOT_ADOPTED = [
  ...["Inline", "Boundary", "All else denied", "Alias alone", "Other services", "Payments", "Search", "Logs"],
  ...["Administrators", "Power users", "Inline IAM", "All but IAM", "All of Support", "Bucket", "Read the account"],
  ...["Widget", "Any linked role", "Administrators' stack"],
  ...["Function", "Own account", "Agency", "Anybody", "Single sign-on"],
];

/** Channels in other regions than their environment, with an adopted role. */
const NOT_ADOPTED_CHANNELS: Readonly<Record<string, readonly string[]>> = {
  "many-regions": ["C02 in eu-west-1", "C03 in eu-west-1", "C02 in us-west-2"],
};

const ACTIONS = [
  ...actionsOf(CAPABILITIES),
  ...["iam:CreateServiceLinkedRole", "iam:PassRole", "s3:GetObject", "lambda:InvokeFunction"],
  ...["support:RateCaseCommunication", "supportapp:DeleteSlackChannelConfiguration"],
];
const REQUESTS = ACTIONS.flatMap((action) =>
  ["servicequotas.amazonaws.com", "ec2.amazonaws.com"].flatMap((service) =>
    [new Date().toISOString(), "2099-12-30T23:59:59Z", "2100-01-01T00:00:00Z"].map((time) => ({
      action: action.toLowerCase(),
      resource: "arn:aws:s3:::logs/log",
      keys: { "iam:awsservicename": [service], "aws:currenttime": [time] },
    })),
  ),
);

/** What the roles of an account may do and who may assume them, as an evaluator of requests judges it, and as the emulator does. */
async function accessIn(account: string): Promise<string[]> {
  const iam = iamIn(account);
  const { RoleDetailList = [], Policies = [] } = await iam.send(new GetAccountAuthorizationDetailsCommand({}));
  const statementsIn = (document = ""): TrustStatement[] => JSON.parse(decodeURIComponent(document)).Statement;
  const documentOf = async (PolicyArn: string) => {
    const { DefaultVersionId, PolicyVersionList = [] } = Policies.find(({ Arn }) => Arn === PolicyArn) ?? {};
    if (DefaultVersionId) return PolicyVersionList.find((version) => version.VersionId === DefaultVersionId)?.Document;
    return (await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: "v1" }))).PolicyVersion?.Document;
  };
  const ofRoles = RoleDetailList.map(async (roleDetail) => {
    const { RoleName = "", AssumeRolePolicyDocument, RolePolicyList = [], AttachedManagedPolicies = [] } = roleDetail;
    const attached = await Promise.all(AttachedManagedPolicies.map(({ PolicyArn = "" }) => documentOf(PolicyArn)));
    const statements = [...attached, ...RolePolicyList.map((policyDetail) => policyDetail.PolicyDocument)].flatMap(
      statementsIn,
    );
    const may = REQUESTS.filter((request) => allows(statements, request)).map((request) => JSON.stringify(request));
    const role = await readRole(account, RoleName);
    const simulated = role ? await allowedActions(role, ACTIONS) : [];
    const trusted = statementsIn(AssumeRolePolicyDocument).flatMap((statement) => principalsIn(statement, account));
    return [...may, ...simulated, ...trusted].map((permission) => `${RoleName}: ${permission}`);
  });
  return (await Promise.all(ofRoles)).flat();
}

type TrustStatement = JsonStatement & { readonly Principal?: string | Readonly<Record<string, string | string[]>> };

/** Who may assume a role by a statement, and whether only from its account. */
function principalsIn({ Principal = {}, ...rest }: TrustStatement, account: string): string[] {
  const principals = typeof Principal === "string" ? [Principal] : Object.values(Principal).flat();
  const sources: Record<string, string[]>[] = [{}, { "aws:sourceaccount": [account] }];
  const requests = ["sts:assumerole", "sts:assumerolewithsaml"].flatMap((action) =>
    sources.map((keys) => ({ action, resource: "*", keys })),
  );
  const may = requests.filter((request) => allows([{ ...rest, Resource: "*" }], request));
  return principals.flatMap((principal) => may.map((request) => `${principal} ${JSON.stringify(request)}`));
}

test("audit finds every danger in an organization of forty accounts, and what it prints deploys without any change of access", async () => {
  // GIVEN
  const project = createProject("audit", "environments: {}\n");
  const management = newAccount();
  const printed = async (...args: string[]) =>
    JSON.parse((await supportApp(project, ["permissions", "audit", ...args], { as: management })).stdout);
  const policy = await printed("--organization", "--assume-role", READER);
  const as = await createUser(management, "auditor");
  await allowUser(management, "auditor", forEmulator(policy));
  const script = join(__dirname, "support/guide-readers.py");
  const reader = [READER, `arn:aws:iam::${management}:user/auditor`];
  const env = { READERS_POLICY: forEmulator(await printed()) };
  const making = await run(project, "python3", [script, management, ...reader], { as: management, env });
  if (making.status !== 0) throw new Error(making.output);
  const { ids, inner, outer, dangers }: Made = JSON.parse(making.stdout);
  const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const proxy = await startProxy();
  const audit = (...args: string[]) => supportApp(project, [...ASKED, ...args], { as, endpoint: proxy.endpoint });
  const report = async (...args: string[]) => {
    const { status, stdout } = await audit("--format", "json", ...args);
    const { accounts } = auditReportSchema.parse(JSON.parse(stdout));
    const dangers = accounts.flatMap((account) =>
      account.findings.map(
        ({ kind, about }) => `${names.get(account.account)}: ${kind.replace("audit-", "")} ${about.join(" ")}`,
      ),
    );
    return { status, names: accounts.map(({ account }) => names.get(account)).sort(), dangers };
  };

  // WHEN: an organizational unit or a tag is audited
  const parts = [
    [["--unit", inner], ["Payments"]],
    [
      ["--unit", outer],
      ["Payments", "Search"],
    ],
    [["--tag", "Team=payments"], ["Payments"]],
  ] as const;
  for (const [part, audited] of sample(parts, 3, 1))
    expect(await report(...part)).toEqual({ status: 0, names: audited, dangers: [] });

  // WHEN: all is audited
  const { status, dangers: reportedDangers } = await report();
  expect([names.size, dangers.length, status]).toEqual([40, 30, 4]);
  expect(reportedDangers.sort()).toEqual([...dangers].sort());
  const { stdout } = await audit("--format", "yaml");
  expect(proxy.calls.filter(changes)).toEqual([]);
  expect(proxy.calls.filter(({ status = 0 }) => status >= 400)).toEqual([]);
  await proxy.close();
  const adopted = parse(stdout).environments;
  const accounts = Object.values<{ account: string }>(adopted).map(({ account }) => names.get(account));
  expect(accounts.sort()).toEqual([...names.values()].filter((name) => !NOT_ADOPTED.includes(name)).sort());
  writeEnvironments(project, stdout);

  // WHEN: what was printed is deployed
  expect(await synth(project, { as: management })).toMatchObject({ status: 0 });
  for (const name of sample(Object.keys(adopted), 17, 8)) {
    const { account, "read-only": readOnly, full, teams = {} } = adopted[name];
    const before = await accessIn(account);
    const supportApp = await readSupportApp(account);
    const watched = await startProxy();
    const applied = await deployCommand(project, name, { as: account, endpoint: watched.endpoint });
    await watched.close();
    expect(watched.calls.filter(changes)).toEqual([]);
    const [, counts] = applied.output.match(/^Plan: (.*)\.$/m) ?? [];
    const imports = [readOnly, full, ...Object.values<{ policy?: string }>(teams)].reduce(
      (sum, access) => sum + (access ? (access.policy === "aws-managed" ? 4 : 5) : 0),
      0,
    );
    const expected = `${imports} to import, 1 to add, 0 to change, 0 to destroy`;
    // What remembers the place of the state is new. What isn't adopted but has an adopted role is named.
    const left = applied.output.match(/ it also has (.*)\. See above/)?.[1]?.split("; ") ?? [];
    expect({ name, status: applied.status, counts, left }).toEqual({
      name,
      status: NOT_ADOPTED_CHANNELS[name] ? 1 : 0,
      counts: expected,
      left: (NOT_ADOPTED_CHANNELS[name] ?? []).map((place) => expect.stringContaining(place)),
    });

    expect({ name, access: await accessIn(account) }).toEqual({ name, access: before });
    expect(await readSupportApp(account)).toEqual(supportApp);
    expect((await terraform(project, name, ["plan", "-input=false"], { as: account })).output).toContain("No changes.");
  }

  // WHEN: a right is missing
  const withoutList = forEmulator(policy, (action) => action !== "organizations:ListAccounts");
  await allowUser(management, "auditor", withoutList);
  const denied = await supportApp(project, ASKED, { as });
  expect(denied).toMatchObject({ status: 1, output: expect.stringContaining("organizations:ListAccounts") });
});
