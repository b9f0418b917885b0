import { policyText } from "../support/policy-text";
import { type Identity, newAccount, type PolicyDocument } from "./support/account";
import { type Aws, diagnosed, startAws } from "./support/doctor";
import { allowUser, createUser } from "./support/examples";
import { createProject, deployed, removeProjects, run, supportApp } from "./support/project";
import type { Answer } from "./support/proxy";

const account = newAccount();
const ENVIRONMENTS = `environments:
  watched:
    account: "${account}"
    region: us-east-1
    slack-workspaces: [T012ABCDEFG]
    account-alias: Payments
    read-only: { channels: [{ name: support-watch, workspace: T012ABCDEFG, channel: C01234A5BCD }] }
    full: { service-quotas-role: create }
`;
const SIMULATE = "iam:SimulatePrincipalPolicy";
/** The checks that have nothing to look at without a right, and those that they wait for. */
const WAITING: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  "iam:GetRole": [
    ["trust", "role"],
    ["permissions-boundary", "role"],
  ],
  "cloudformation:ListResources": [["region", "channels"]],
  "supportapp:ListSlackChannelConfigurations": [["region", "channels"]],
};
/** The checks that a right is also for, beside the one that names it. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  "iam:ListRoles": ["service-quotas-role"],
  "cloudformation:ListResources": ["other-regions", "account-alias"],
  "supportapp:ListSlackChannelConfigurations": ["other-regions"],
};
const project = createProject("doctor-privilege", ENVIRONMENTS);
let aws: Aws;
let as: Identity;
let printed: PolicyDocument;

beforeAll(async () => {
  aws = await startAws();
  await deployed(project, "watched", { as: account });
  // What an inline policy says is asked only where there is one. This one allows what is allowed anyway.
  const inline = policyText({ Effect: "Allow", Action: "support:DescribeCases", Resource: "*" });
  const put = `aws iam put-role-policy --region us-east-1 --role-name AWSSupportAppFullRole --policy-name by-hand --policy-document '${inline}'`;
  expect(await run(project, "sh", ["-c", put], { as: account })).toMatchObject({ status: 0 });
  as = await createUser(account, "doctor");
  printed = JSON.parse((await supportApp(project, ["permissions", "doctor"], { as })).stdout);
});

afterAll(async () => {
  await aws.close();
  removeProjects();
});

/** The rights of the policy, each an action of a statement. */
function rights(): { readonly sid: string; readonly action: string }[] {
  return printed.Statement.flatMap(({ Sid = "", Action }) => [Action].flat().map((action) => ({ sid: Sid, action })));
}

/** Has doctor run with these rights alone. What the emulator doesn't ask for is refused in its place. */
async function withRights(has: (right: { sid: string; action: string }) => boolean) {
  const statements = printed.Statement.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((action) => has({ sid: statement.Sid ?? "", action })),
  })).filter(({ Action }) => Action.length > 0);
  // The emulator judges a simulation on "*", where AWS has the role; and it takes no policy without a statement.
  const judgedStatements = statements.map((statement) =>
    [statement.Action].flat().includes(SIMULATE) ? { ...statement, Resource: "*" } : statement,
  );
  const nothing = { Effect: "Deny", Action: "s3:*", Resource: "*" };
  await allowUser(account, "doctor", policyText(...judgedStatements, nothing));
  const grantedActions = statements.flatMap(({ Action }) => Action);
  aws.fault = ({ action, parameters }) => {
    const type = String(parameters.TypeName).split("::").at(-1);
    const list = type === "AccountAlias" ? "supportapp:GetAccountAlias" : `supportapp:List${type}s`;
    const right = action.startsWith("cloudformation:") ? list : action;
    return /^support(app)?:/.test(right) && !grantedActions.includes(right) ? denied(right) : undefined;
  };
  return diagnosed(project, "watched", aws, as);
}

function denied(action: string): Answer {
  const message = `User: arn:aws:iam::${account}:user/doctor is not authorized to perform: ${action}`;
  return { status: 400, body: JSON.stringify({ __type: "AccessDeniedException", message }) };
}

test("doctor runs on exactly the policy that it prints", async () => {
  const { status, checks } = await withRights(() => true);
  expect(checks.filter(({ answer }) => answer !== "healthy")).toEqual([]);
  expect(status).toBe(0);
  expect(aws.calls.filter(({ status }) => status === 403)).toEqual([]);
});

test("without any one of its rights, that check is unknown, and no other; without the simulation, the documents are read", async () => {
  expect(rights()).toHaveLength(14);
  for (const without of rights()) {
    const { status, answer, checks, findings, notes } = await withRights(
      ({ sid, action }) => sid !== without.sid || action !== without.action,
    );
    const unknown = checks.filter(({ answer }) => answer === "unknown").map(({ name }) => name);
    const problems = checks.filter(({ answer }) => answer === "unhealthy");
    // What waits for a check that is unknown has nothing to look at, and says so.
    const waiting = checks.filter(({ answer }) => answer === "skipped").map(({ name, waitsFor }) => [name, waitsFor]);
    expect({ without, waiting }).toEqual({ without, waiting: WAITING[without.action] ?? [] });
    if (without.action === SIMULATE) {
      expect({ status, unknown, others: problems }).toEqual({ status: 0, unknown: [], others: [] });
      expect(notes.join()).toContain("so only its policies were read");
      continue;
    }
    const check = without.sid
      .replace(/\d$/, "")
      .replace(/(?<!^)[A-Z]/g, "-$&")
      .toLowerCase();
    expect({ without, status, answer, unknown, others: problems }).toEqual({
      without,
      status: 5,
      answer: "unknown",
      unknown: [check, ...(SHARED[without.action] ?? [])],
      others: [],
    });
    const [finding] = findings;
    expect(finding?.found).toContain("not authorized to perform");
    expect(finding?.fix.text).toContain(`Allow these credentials ${without.action}.`);
    expect(finding?.fix.commands).toEqual(["npx support-app permissions doctor"]);
  }
});
