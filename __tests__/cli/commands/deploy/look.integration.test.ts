import { type Look, lookAtAws } from "../../../../cli/commands/deploy/look";
import type { State } from "../../../../cli/terraform/state";
import { NOTIFY_OF_NOTHING, notifyProperties } from "../../../../modules/support-app/model/notify";
import type { Environment } from "../../../../stacks/environments/environment";
import { resourcesIn } from "../../../../stacks/output/stack-digest";
import { type Answer, awsInTests } from "../../../support/answering-aws";
import { ACCOUNT, environmentOf, TRUST } from "../../../support/live-account";
import { policyText } from "../../../support/policy-text";
import { synthesizeEnvironments } from "../../../support/synthesize";

const YAML = `slack-workspaces: [T2], account-alias: mine,
  read-only: { policy: aws-managed, channels: [{ name: watch, workspace: T1, channel: C1 }] },
  full: { path: /support/, service-quotas-role: create, channels: [{ name: oncall, workspace: T2, channel: C2, notify: { severity: high, events: [case-created] } }] }`;
const environment = environmentOf(YAML);

const ROLE = "AWSSupportAppFullRole";
const VIEWERS = "AWSSupportAppReadOnlyRole";
const LINKED = "AWSServiceRoleForServiceQuotas";
const LINKED_PATH = "/aws-service-role/servicequotas.amazonaws.com/";
const WATCH = "aws_cloudcontrolapi_resource.channel_T1_C1";
const ONCALL = "aws_cloudcontrolapi_resource.channel_T2_C2";
const WORKSPACE = "aws_cloudcontrolapi_resource.workspace_T2";
const ALIAS = "aws_cloudcontrolapi_resource.account_alias";
const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/support/AWSSupportAppFullRolePolicy`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/support/${ROLE}`;
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/admin`;

/** AWS's answers where everything is as after a deploy, by action or by action and name. */
let answers: Record<string, Answer>;
const aws = awsInTests((action, { RoleName, Identifier, PolicyArn, TypeName }, _, region) => {
  const call = `${action} ${RoleName ?? Identifier ?? PolicyArn ?? String(TypeName).split("::").at(-1)}`;
  if (region !== environment.region && action === "ListResources") return answers[`${call} in ${region}`] ?? listOf();
  return answers[call] ?? answers[action] ?? { status: 404, code: "NoSuchEntity" };
});

const roleXml = (name: string, path = "/") =>
  `<Role><RoleName>${name}</RoleName><Arn>arn:aws:iam::${ACCOUNT}:role${path}${name}</Arn><AssumeRolePolicyDocument>${encodeURIComponent(policyText(TRUST))}</AssumeRolePolicyDocument></Role>`;
const policyXml = (arn: string, attached: number) =>
  `<Policy><Arn>${arn}</Arn><DefaultVersionId>v1</DefaultVersionId><AttachmentCount>${attached}</AttachmentCount></Policy>`;
const described = (Identifier: string, properties: object) =>
  JSON.stringify({ ResourceDescription: { Identifier, Properties: JSON.stringify(properties) } });

const listOf = (...identifiers: string[]) =>
  JSON.stringify({ ResourceDescriptions: identifiers.map((Identifier) => ({ Identifier })) });

const watch = {
  TeamId: "T1",
  ChannelId: "C1",
  ChannelName: "watch",
  ...notifyProperties(NOTIFY_OF_NOTHING),
  ChannelRoleArn: `arn:aws:iam::${ACCOUNT}:role/${VIEWERS}`,
};
const oncall = {
  TeamId: "T2",
  ChannelId: "C2",
  ChannelName: "oncall",
  ChannelRoleArn: ROLE_ARN,
  ...notifyProperties({ severity: "high", events: ["case-created"] }),
};

beforeEach(() => {
  answers = {
    GetCallerIdentity: `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/deployer</Arn>`,
    [`GetRole ${VIEWERS}`]: roleXml(VIEWERS),
    [`GetRole ${ROLE}`]: roleXml(ROLE, "/support/"),
    [`GetRole ${LINKED}`]: roleXml(LINKED, LINKED_PATH),
    GetPolicy: policyXml(POLICY_ARN, 1),
    "GetResource T1|C1": described("T1|C1", watch),
    "GetResource T2|C2": described("T2|C2", oncall),
    "GetResource T2": described("T2", { TeamId: "T2" }),
    "GetResource alias": described("alias", { AccountAlias: "mine", AccountAliasResourceId: "alias" }),
    "ListResources AccountAlias": listOf("alias"),
    "ListResources SlackChannelConfiguration": listOf("T1|C1", "T2|C2"),
  };
});

const allAddresses = resourcesIn(JSON.parse(synthesizeEnvironments([environment]).test ?? ""));
const IAM = allAddresses.filter((address) => address.startsWith("aws_iam_"));
const LIVE = allAddresses.filter((address) => address.startsWith("aws_cloudcontrolapi_resource"));

/** The attributes that name what an access has in IAM, by address. */
const namesOf = (label: string, role: string, policy: string) => ({
  [`aws_iam_role.${label}`]: { name: role },
  [`aws_iam_policy.${label}`]: { id: policy }, // one that was never read has no ARN
  [`aws_iam_role_policy_attachment.${label}`]: { role, policy_arn: policy },
  [`aws_iam_role_policy_attachments_exclusive.${label}`]: { role_name: role },
  [`aws_iam_role_policies_exclusive.${label}`]: { role_name: role },
});

type Objects = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** A state with these objects by address, perhaps with a status, and with what replacements have left there. */
function stateOf(...objects: readonly Objects[]): State {
  const resources = [...new Set(objects.flatMap((object) => Object.keys(object)))].map((address) => {
    const [type = "", name = ""] = address.split(".");
    const instances = objects.flatMap(({ [address]: object }, index) => {
      if (object === undefined) return [];
      const { status, ...attributes } = object;
      return [
        { attributes, ...(status === "tainted" && { status }), ...(index > 0 && { deposed: `0000000${index}` }) },
      ];
    });
    return { mode: "managed", type, name, provider: "P", instances };
  });
  return { version: 4, serial: 7, lineage: "L", resources };
}

/** What the state has of everything, unless it is left out, and with other attributes or a status. */
function stateWith(overrides: Objects = {}, addresses: readonly string[] = allAddresses): State {
  const defaultsByAddress: Objects = {
    [WATCH]: stating("SlackChannelConfiguration", "T1|C1", watch),
    [ONCALL]: stating("SlackChannelConfiguration", "T2|C2", oncall),
    [WORKSPACE]: stating("SlackWorkspaceConfiguration", "T2", { TeamId: "T2" }),
    [ALIAS]: stating("AccountAlias", "alias", { AccountAlias: "mine" }),
    ...namesOf("read_only", VIEWERS, "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess"),
    ...namesOf("full", ROLE, POLICY_ARN),
  };
  const statedAddresses = addresses.filter((address) => !(address in overrides && overrides[address] === undefined));
  return stateOf(
    Object.fromEntries(
      statedAddresses.map((address) => [address, { ...defaultsByAddress[address], ...overrides[address] }]),
    ),
  );
}

const stating = (type: string, id: string, desired: object) => ({
  type_name: `AWS::SupportApp::${type}`,
  id,
  desired_state: JSON.stringify(desired),
});

async function look(
  state: State | undefined,
  target: Environment = environment,
  resources = allAddresses,
  isRemoved = target.retired,
): Promise<Look> {
  const lookup = await lookAtAws(target, state, resources, isRemoved);
  if ("known" in lookup) return lookup.known;
  throw new Error(lookup.unknown.message);
}

const byAddress = (a: { readonly address: string }, b: { readonly address: string }) =>
  a.address < b.address ? -1 : 1;

const NOTHING: Look = {
  differences: [],
  foreign: [],
  edits: [],
  imports: new Map(),
  takenOver: new Map(),
  orphans: [],
  lost: [],
  unseen: [],
};

const denied = { status: 403, code: "AccessDeniedException" };
const notFound = { status: 400, code: "ResourceNotFoundException" };

describe("what the state has completely", () => {
  test("what the state has completely is compared with AWS, which may leave out a flag that is off and have more than Terraform sets", async () => {
    answers["GetResource T1|C1"] = described("T1|C1", {
      TeamId: "T1",
      ChannelId: "C1",
      ChannelName: "watch",
      NotifyOnCaseSeverity: "none",
      More: 1,
      ChannelRoleArn: watch.ChannelRoleArn,
    });
    expect(await look(stateWith())).toEqual(NOTHING);
  });

  test.each<[string, string, string, object]>([
    ["another role", ONCALL, "T2|C2", { ChannelRoleArn: ADMIN }],
    ["other notifications", ONCALL, "T2|C2", { NotifyOnCaseSeverity: "all" }],
    ["another flag", WATCH, "T1|C1", { NotifyOnResolveCase: true }],
    ["another name", WATCH, "T1|C1", { ChannelName: "leads" }],
    ["another alias", ALIAS, "alias", { AccountAlias: "theirs" }],
  ])(
    "what differs with %s gets into the state as AWS has it, in the form of Terraform's jsonencode",
    async (_, address, id, changed) => {
      const stateProperties = { [WATCH]: watch, [ONCALL]: oncall, [ALIAS]: { AccountAlias: "mine" } }[
        address
      ] as object;
      const live = { ...stateProperties, ...changed };
      answers[`GetResource ${id}`] = described(id, live);
      const [[name, value] = []] = Object.entries(changed);
      const { differences, edits, ...rest } = await look(stateWith());
      expect({ ...rest, differences: [], edits: [] }).toEqual(NOTHING);
      expect(differences).toMatchObject([
        {
          address,
          identifier: id,
          inState: "complete",
          properties: [{ name, live: value, expected: (stateProperties as Record<string, unknown>)[String(name)] }],
        },
      ]);
      const sorted = Object.fromEntries(Object.entries(live).sort(([a], [b]) => (a < b ? -1 : 1)));
      expect(edits).toEqual([{ address, attributes: { desired_state: JSON.stringify(sorted) } }]);
    },
  );

  test("what the state has is Terraform's to create if it is gone, and its own business if the stack doesn't have it any more", async () => {
    answers["GetResource T1|C1"] = notFound;
    answers["GetResource T2|C2"] = described("T2|C2", { ...oncall, ChannelRoleArn: ADMIN });
    const otherAddresses = allAddresses.filter((address) => address !== ONCALL);
    const { differences, ...rest } = await look(stateWith(), environment, otherAddresses);
    expect(differences).toMatchObject([{ address: WATCH, identifier: "T1|C1", inState: "gone", properties: [] }]);
    expect({ ...rest, differences: [] }).toEqual(NOTHING);
  });

  test.each<[string, string, Answer]>([
    ["a channel", "GetResource T1|C1", denied],
    ["an alias in another form", "GetResource alias", described("alias", { AccountAlias: 1 })],
    ["whose credentials these are", "GetCallerIdentity", denied],
    [
      "that the credentials are of another account",
      "GetCallerIdentity",
      "<Account>444455556666</Account><Arn>arn:aws:iam::444455556666:user/a</Arn>",
    ],
  ])("what the state has is unknown if this isn't known: %s", async (_, action, answered) => {
    answers[action] = answered;
    expect(await lookAtAws(environment, stateWith(), allAddresses, false)).toHaveProperty("unknown.message");
  });
});

describe("what the state lacks, or has as incomplete", () => {
  test("what the state lacks is taken over if it is as the file says, so that nothing is created twice", async () => {
    const missing = Object.fromEntries(LIVE.map((address) => [address, undefined]));
    for (const overrides of [missing, Object.fromEntries(LIVE.map((address) => [address, { status: "tainted" }]))]) {
      const { differences, edits, foreign } = await look(stateWith(overrides));
      expect(differences.map(({ address }) => address).sort()).toEqual(LIVE);
      expect(foreign).toEqual([]);
      const edit = edits.find(({ address }) => address === ALIAS);
      expect(edit?.attributes).toMatchObject({ id: "alias", desired_state: '{"AccountAlias":"mine"}' });
    }
  });

  test("what the state lacks is created if AWS doesn't have it", async () => {
    for (const id of ["T1|C1", "T2|C2", "T2"]) answers[`GetResource ${id}`] = notFound;
    for (const type of ["AccountAlias", "SlackChannelConfiguration"]) answers[`ListResources ${type}`] = listOf();
    expect(await look(stateWith({}, IAM))).toEqual(NOTHING);
  });

  test.each<[string, object, adopt: boolean, isForeign: boolean]>([
    ["with its role, whatever else differs", { ChannelName: "theirs", NotifyOnCaseSeverity: "all" }, false, false],
    ["with another role", { ChannelRoleArn: ADMIN }, false, true],
    ["with another role that the file adopts", { ChannelRoleArn: ADMIN }, true, false],
  ])(
    "a channel is taken over only if people keep their role or the file says so, %s",
    async (_, changed, adopt, isForeign) => {
      answers["GetResource T2|C2"] = described("T2|C2", { ...oncall, ...changed });
      const target = environmentOf(adopt ? YAML.replace("channel: C2,", "channel: C2, adopt: true,") : YAML);
      for (const overrides of [undefined, { status: "tainted" }]) {
        const { foreign, differences } = await look(stateWith({ [ONCALL]: overrides }), target);
        expect(foreign).toEqual(
          isForeign ? [{ address: ONCALL, identifier: "T2|C2", liveRole: ADMIN, channel: target.channels[1] }] : [],
        );
        expect(differences.map(({ address }) => address)).toEqual(isForeign ? [] : [ONCALL]);
      }
    },
  );

  test("a tainted channel that the file doesn't have may be somebody else's, unless it is gone", async () => {
    const tainted = { status: "tainted", ...stating("SlackChannelConfiguration", "T1|C9", watch) };
    const corrected = "aws_cloudcontrolapi_resource.channel_T1_C9";
    answers["GetResource T1|C9"] = described("T1|C9", { ...watch, ChannelId: "C9", ChannelRoleArn: ADMIN });
    const state = stateWith({ [corrected]: tainted }, [...allAddresses, corrected]);
    const foreignChannel = { address: corrected, identifier: "T1|C9", liveRole: ADMIN, channel: undefined };
    expect(await look(state)).toEqual({ ...NOTHING, foreign: [foreignChannel] });
    answers["GetResource T1|C9"] = described("T1|C9", { ...watch, ChannelId: "C9" }); // with a role of the environment
    expect(await look(state)).toMatchObject({ foreign: [], edits: [{ address: corrected }] });
    answers["GetResource T1|C9"] = notFound;
    expect(await look(state)).toMatchObject({ foreign: [], edits: [], differences: [{ inState: "gone" }] });
  });

  test("an incomplete entry in IAM is kept if the constructs write it, also for a team, and the stack still has it", async () => {
    const ofTeam = "aws_iam_role.team_on_call";
    const otherAddresses = [
      ...["aws_iam_role.own", "aws_iam_role.team_other", "aws_iam_user.full", "aws_sns_topic.full"],
      "aws_iam_policy.read_only", // which the stack no longer has
    ];
    const names = { name: "AWSSupportAppOnCallRole" };
    const tainted: Objects = Object.fromEntries(
      [...IAM, ofTeam, ...otherAddresses].map((address) => [address, { status: "tainted" }]),
    );
    const state = stateWith({ ...tainted, [ofTeam]: { status: "tainted", ...names } }, Object.keys(tainted));
    const resources = [...IAM, ofTeam, ...otherAddresses.slice(0, -1)];
    const withTeam = environmentOf(`${YAML}, teams: { on-call: { access: full } }`);
    const { edits } = await look(state, withTeam, resources);
    expect(edits.map(({ address, attributes }) => ({ address, attributes })).sort(byAddress)).toEqual(
      [...IAM, ofTeam].map((address) => ({ address, attributes: {} })).sort(byAddress),
    );
    expect(edits).toContainEqual({ address: ofTeam, names, attributes: {} });
  });
});

/** What is imported by a role's name. */
const ofRole = (name: string, id: string): [string, string][] =>
  ["aws_iam_role", "aws_iam_role_policy_attachments_exclusive", "aws_iam_role_policies_exclusive"].map((type) => [
    `${type}.${name}`,
    id,
  ]);

describe("what an interrupted deploy has created in IAM", () => {
  const imports = async (addresses: readonly string[], target = environment) =>
    (await look(stateWith({}, addresses), target)).imports;

  test("what an interrupted deploy has created in IAM is found, by the ID that Terraform imports, if the state lacks it", async () => {
    expect(await imports(LIVE)).toEqual(
      new Map([
        ...ofRole("read_only", VIEWERS),
        ...ofRole("full", ROLE),
        ["aws_iam_policy.full", POLICY_ARN],
        ["aws_iam_service_linked_role.service_quotas", `arn:aws:iam::${ACCOUNT}:role${LINKED_PATH}${LINKED}`],
      ]),
    );
    const [role, , inline = ""] = ofRole("full", ROLE).map(([address]) => address);
    expect(await imports(allAddresses.filter((address) => address !== role && address !== inline))).toEqual(
      new Map(ofRole("full", ROLE).filter(([address]) => address === role || address === inline)),
    );
    expect(await imports(allAddresses.filter((address) => address !== inline))).toEqual(new Map()); // the state has the role
  });

  test("what an interrupted deploy has created isn't looked for if the stack imports it itself", async () => {
    const adopted = environmentOf(YAML.replace("path:", "adopt: true, path:").replace("create", "adopt"));
    expect(await imports(LIVE, adopted)).toEqual(new Map(ofRole("read_only", VIEWERS)));
  });

  test("a role that may not be looked up counts as missing, since Terraform's plan reads the same", async () => {
    answers[`GetRole ${ROLE}`] = denied;
    expect((await imports([])).has("aws_iam_role.full")).toBe(false);
  });

  test("IAM is looked at as the deploy-role", async () => {
    const assumed = { ...environment, deployRole: { arn: `arn:aws:iam::${ACCOUNT}:role/terraform` } };
    expect(await lookAtAws(assumed, undefined, allAddresses, false)).toHaveProperty("unknown.action", "sts:AssumeRole");
    answers.AssumeRole =
      "<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>";
    expect((await look(undefined, assumed)).imports.has("aws_iam_role.full")).toBe(true);
    expect(aws.signed).toContain("ASIA in us-east-1");
  });
});

describe("what AWS has and no deploy changes", () => {
  const stray = { ...oncall, ChannelId: "C9", ChannelName: "by-hand" };
  const strayIn = (region: string) => ({ kind: "channel", id: "T2|C9", region, role: ROLE_ARN });
  const VIEWERS_ARN = `arn:aws:iam::${ACCOUNT}:role/${VIEWERS}`;
  const FULL_ALONE = environmentOf(YAML.replace(/read-only:.*,\n/, ""));
  const RETIRED: Environment = { ...environment, retired: true };
  beforeEach(() => {
    answers["ListResources SlackChannelConfiguration"] = listOf("T1|C1", "T2|C2", "T2|C9");
    answers["GetResource T2|C9"] = described("T2|C9", stray);
  });

  test("a channel that was configured by hand with a role of the environment is listed, and changes nothing about the deploy", async () => {
    expect(await look(stateWith())).toEqual({ ...NOTHING, orphans: [strayIn("us-east-1")] });
  });

  test("a channel in another region with a role of the environment is listed, also one that the file has in its own", async () => {
    answers["ListResources SlackChannelConfiguration"] = listOf("T1|C1", "T2|C2");
    answers["ListResources SlackChannelConfiguration in eu-west-1"] = listOf("T2|C9", "T2|C2");
    const channels = [strayIn("eu-west-1"), { ...strayIn("eu-west-1"), id: "T2|C2" }];
    expect((await look(stateWith())).orphans).toEqual(channels);
    expect((await look(stateWith(), { ...environment, otherChannels: true })).orphans).toEqual(channels.slice(1));
  });

  test("a channel isn't listed if it has another role, is in the state, or the environment gets channels by hand", async () => {
    const state = stateWith({ [ALIAS]: stating("SlackChannelConfiguration", "T2|C9", stray) });
    expect((await look(state)).orphans).toEqual([]);
    expect((await look(stateWith(), { ...environment, otherChannels: true })).orphans).toEqual([]);
    answers["GetResource T2|C9"] = described("T2|C9", { ...stray, ChannelRoleArn: ADMIN });
    expect((await look(stateWith())).orphans).toEqual([]);
  });

  test("a role of a level that the file no longer has is listed with its channel if the state lacks it, unless others configure the account or it lets nobody in", async () => {
    const state = stateWith(
      {},
      allAddresses.filter((address) => address !== WATCH && !address.endsWith("read_only")),
    );
    const orphans = [
      { kind: "role", id: VIEWERS_ARN },
      { kind: "channel", id: "T1|C1", region: "us-east-1", role: VIEWERS_ARN },
      strayIn("us-east-1"),
    ];
    expect(await look(state, FULL_ALONE)).toEqual({ ...NOTHING, orphans });
    expect((await look(stateWith(), FULL_ALONE)).orphans).toEqual([strayIn("us-east-1")]); // a deploy removes the rest
    expect((await look(state, { ...FULL_ALONE, otherChannels: true })).orphans).toEqual([]);
    answers[`GetRole ${VIEWERS}`] = roleXml(VIEWERS).replace("supportapp", "ec2");
    expect((await look(state, FULL_ALONE)).orphans).not.toContainEqual(orphans[0]);
  });

  test.each<[string, State | undefined, isRetired: boolean]>([
    ["retired, without a state", undefined, true],
    ["retired, with an empty state", stateOf({}), true],
    ["destroyed, without a state", undefined, false],
  ])("everything that an environment names is lost if it is %s", async (_, state, isRetired) => {
    const { lost, orphans } = await look(state, { ...environment, retired: isRetired }, [], true);
    expect(lost.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual([
      "account-alias alias",
      "channel T1|C1",
      "channel T2|C2",
      "channel T2|C9",
      `policy ${POLICY_ARN}`,
      `role ${VIEWERS_ARN}`,
      `role ${ROLE_ARN}`,
      "workspace T2",
    ]);
    expect(orphans).toEqual([]);
  });

  test("nothing is lost of what the state has or somebody else's alias, and what a removal leaves of an older state is", async () => {
    expect(await look(stateWith(), RETIRED, [])).toEqual({ ...NOTHING, orphans: [strayIn("us-east-1")] });
    const older = stateWith(
      {},
      allAddresses.filter((address) => !address.endsWith(".full") && address !== ALIAS),
    );
    answers["GetResource alias"] = described("alias", { AccountAlias: "theirs" });
    const { lost } = await look(older, RETIRED, []);
    expect(lost.map(({ kind, id }) => [kind, id])).toEqual([
      ["role", ROLE_ARN],
      ["policy", POLICY_ARN],
      ["channel", "T2|C9"],
    ]);
  });

  test.each([
    ["ListResources SlackChannelConfiguration", false],
    ["GetResource T2|C9", false],
    [`GetRole ${ROLE}`, true],
    ["GetPolicy", true],
    ["GetResource T2", true],
    ["ListResources AccountAlias", true],
  ])("nobody calls it nothing if AWS refuses %s", async (call, isRemoved) => {
    answers[call] = denied;
    await expect(
      look(isRemoved ? undefined : stateWith(), environment, isRemoved ? [] : allAddresses, isRemoved),
    ).rejects.toThrow("AccessDenied");
  });

  test("where AWS refuses to list another region or a role that the file doesn't name, that is said, and a region without the Support App has nothing", async () => {
    answers["ListResources SlackChannelConfiguration in eu-west-1"] = denied;
    answers["ListResources SlackChannelConfiguration in eu-west-2"] = { status: 400, code: "TypeNotFoundException" };
    answers[`GetRole ${VIEWERS}`] = denied;
    const { unseen } = await look(stateWith({ "aws_iam_role.read_only": undefined }), FULL_ALONE);
    expect(unseen).toMatchObject([
      { kind: "role", name: VIEWERS, isDecisive: false, failure: { kind: "denied" } },
      { kind: "channel", name: "eu-west-1", isDecisive: false, failure: { kind: "denied" } },
    ]);
  });
});

describe("what a rename, its revert or an interruption has left", () => {
  const PLAIN = environmentOf("full: { without: [resolve-cases] }");
  const policy = `arn:aws:iam::${ACCOUNT}:policy/${ROLE}Policy`;
  const formerPolicy = `arn:aws:iam::${ACCOUNT}:policy/before`;
  const NAMES = namesOf("full", ROLE, policy);
  const FORMER: Objects = namesOf("full", "before", formerPolicy);
  const resources = Object.keys(NAMES);
  const attached = (...arns: string[]) =>
    `<AttachedPolicies>${arns.map((arn) => `<member><PolicyArn>${arn}</PolicyArn></member>`).join("")}</AttachedPolicies>`;
  const promoted = Object.entries(NAMES).map(([address, names]) => ({ address, names, attributes: {} }));
  const editsIn = async (...args: Parameters<typeof look>) => [...(await look(...args)).edits].sort(byAddress);
  beforeEach(() => {
    for (const action of ["GetRole", "GetPolicy", "ListAttachedRolePolicies", "ListRolePolicies"])
      for (const call of Object.keys(answers)) if (call.startsWith(action)) delete answers[call];
    answers.ListAttachedRolePolicies = attached();
    answers.ListRolePolicies = "<PolicyNames></PolicyNames>";
  });

  test("what a replacement has left is the current object again, of every address, if the file names it again", async () => {
    answers["ListAttachedRolePolicies before"] = attached(formerPolicy);
    expect(await editsIn(stateOf(FORMER, NAMES), PLAIN, resources)).toEqual(promoted.sort(byAddress));
  });

  test("an object that the state has twice is there once", async () => {
    expect(await editsIn(stateOf(NAMES, NAMES), PLAIN, resources)).toEqual(promoted.sort(byAddress));
  });

  test("where the state has the former objects, what AWS has with the new names takes their place, and its lists with it", async () => {
    answers[`GetRole ${ROLE}`] = roleXml(ROLE);
    answers[`GetPolicy ${policy}`] = policyXml(policy, 0);
    const { edits, takenOver, imports } = await look(stateOf(FORMER), PLAIN, resources);
    const [, , , ...lists] = resources;
    expect(takenOver).toEqual(
      new Map([
        ["aws_iam_role.full", ROLE],
        ...lists.map((list) => [list, ROLE] as const),
        ["aws_iam_policy.full", policy],
      ]),
    );
    expect(imports).toEqual(new Map());
    expect(edits).toEqual([
      {
        address: "aws_iam_role.full",
        names: { name: ROLE },
        attributes: { id: ROLE, name: ROLE, arn: `arn:aws:iam::${ACCOUNT}:role/${ROLE}` },
      },
      ...lists.map((address) => ({ address, names: { role_name: ROLE }, attributes: { role_name: ROLE } })),
      {
        address: "aws_iam_policy.full",
        names: { id: policy },
        attributes: { id: policy, arn: policy, name: `${ROLE}Policy` },
      },
    ]);
  });

  test("an attachment that AWS has and the state lacks is destroyed with its role, which AWS wouldn't delete before", async () => {
    answers["GetRole before"] = roleXml("before");
    answers["ListAttachedRolePolicies before"] = attached(formerPolicy);
    answers[`GetPolicy ${formerPolicy}`] = policyXml(formerPolicy, 1);
    const { "aws_iam_role_policy_attachment.full": _, ...unattached } = FORMER;
    const names = { role: "before", policy_arn: formerPolicy };
    const edit = {
      address: "aws_iam_role_policy_attachment.full",
      names,
      dependencies: ["aws_iam_role.full"],
      attributes: { id: `before/${formerPolicy}`, ...names },
    };
    expect(await look(stateOf(unattached), PLAIN, resources)).toEqual({ ...NOTHING, edits: [edit] });
    expect((await look(stateOf(unattached), { ...PLAIN, retired: true }, [])).edits).toEqual([edit]);
    const ofTeam = await look(stateOf({ "aws_iam_role.team_on_call": { name: "before" } }), PLAIN, resources);
    expect(ofTeam.edits).toContainEqual(
      expect.objectContaining({ address: "aws_iam_role_policy_attachment.team_on_call", names }),
    );
    expect(await look(stateOf(NAMES), PLAIN, resources)).toEqual(NOTHING);
  });

  test("an adopted access that is renamed takes over what has its new name, whoever made it, and its stack imports the rest", async () => {
    const adopted = environmentOf("full: { adopt: true, without: [resolve-cases] }");
    answers[`GetRole ${ROLE}`] = roleXml(ROLE);
    const { edits, takenOver, imports } = await look(stateOf(FORMER), adopted, resources);
    expect(edits.map(({ names }) => names)).toContainEqual({ name: ROLE });
    expect([takenOver.size, imports.size]).toEqual([0, 0]);
    expect(await look(stateOf({}), adopted, resources)).toEqual(NOTHING);
  });

  test("nothing is taken over with state in HCP Terraform, whose plan nobody could look at first", async () => {
    answers[`GetRole ${ROLE}`] = roleXml(ROLE);
    const remote = { ...PLAIN, backend: { type: "cloud", organization: "acme" } } as Environment;
    expect(await look(stateOf(FORMER), remote, resources)).toEqual(NOTHING);
  });

  test("a role of the user's own that leaves the stack keeps its attachments, and an attachment counts at any address", async () => {
    answers["GetRole before"] = roleXml("before");
    answers["ListAttachedRolePolicies before"] = attached(formerPolicy);
    const [role] = stateOf(FORMER).resources ?? [];
    const ownRole = { ...stateOf({}), resources: [{ ...role, name: "own" }] } as State;
    expect(await look(ownRole, PLAIN, [])).toEqual(NOTHING);
    const state = stateOf(FORMER);
    const resourcesMoved = (state.resources ?? []).map((resource) =>
      resource.type === "aws_iam_role_policy_attachment" ? { ...resource, name: "elsewhere" } : resource,
    );
    expect((await look({ ...state, resources: resourcesMoved }, PLAIN, resources)).edits).toEqual([]);
  });

  test("a name that differs only in case is the same, since IAM ignores that", async () => {
    const lower = { ...NAMES, "aws_iam_role.full": { name: ROLE.toLowerCase() } };
    expect(await look(stateOf(lower), PLAIN, resources)).toEqual(NOTHING);
  });
});
