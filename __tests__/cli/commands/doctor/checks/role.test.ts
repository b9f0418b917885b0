import type { Account, LiveLevel } from "../../../../../cli/commands/doctor/account";
import { ACCOUNT, boundaryWith, DENIED } from "../../../../support/live-account";
import { ALLOW, changing, deploying, examine, withRole } from "./examined";

const draft = { resource: "role AWSSupportAppFullRole (full)", about: ["full"] };
const withoutRole = changing("full", () => ({ role: { known: undefined } }));

describe("the role", () => {
  const finding = {
    ...draft,
    answer: "unhealthy",
    expected: `arn:aws:iam::${ACCOUNT}:role/AWSSupportAppFullRole`,
  };
  const CORRECT =
    "If it has never been deployed, there is nothing to adopt: correct role-name or set adopt: false first.";
  const MOVE =
    "Delete the role in the IAM console, and its policy if that is under another path, too: names are unique in the account. Then deploy, which creates them; in between, the channels have no role. If both should stay, set path: /other/ instead, and deploy.";
  const otherArn = `arn:aws:iam::${ACCOUNT}:role/other/AWSSupportAppFullRole`;
  const CREATE = "Deploy the environment, which creates the role.";
  const found = "no role of that name";

  test.each<[string, string, (account: Account) => Account, object]>([
    ["is missing", "full: {}", withoutRole, { found, fix: deploying(CREATE) }],
    [
      "is missing, to be adopted",
      "full: { adopt: true }",
      withoutRole,
      { found, fix: deploying(`${CREATE} ${CORRECT}`) },
    ],
    ["is elsewhere", "full: {}", withRole("full", { arn: otherArn }), { found: otherArn, fix: deploying(MOVE) }],
    [
      "can't be read",
      "full: {}",
      changing("full", () => ({ role: DENIED })),
      { answer: "unknown", found: DENIED.unknown.message, fix: ALLOW },
    ],
  ])("the role is a finding if it %s", (_, yaml, change, expected) => {
    expect(examine("role", yaml, change).findings).toEqual([{ ...finding, ...expected }]);
  });
});

describe("the permissions boundary", () => {
  const boundary = `arn:aws:iam::${ACCOUNT}:policy/b`;
  const yaml = `full: { permissions-boundary: "${boundary}" }`;

  test("a boundary that isn't in environments.yaml is a note", () => {
    expect(examine("permissions-boundary", "full: {}", withRole("full", { boundary }))).toEqual({
      findings: [],
      notes: [
        `The role AWSSupportAppFullRole has the permissions boundary ${boundary}, which isn't in environments.yaml: a deploy removes it. To keep it, set permissions-boundary.`,
      ],
    });
  });

  test.each([
    [undefined, "none"],
    [`${boundary}2`, `${boundary}2`],
  ])("%s in place of the boundary of environments.yaml is a finding", (live, found) => {
    expect(examine("permissions-boundary", yaml, withRole("full", { boundary: live })).findings).toEqual([
      {
        ...draft,
        answer: "unhealthy",
        expected: `the permissions boundary ${boundary}`,
        found,
        fix: deploying("Deploy the environment, which restores the boundary."),
      },
    ]);
  });

  const limiting = {
    ...draft,
    expected: `the permissions boundary ${boundary} limits it`,
    fix: {
      text: `Restore the policy ${boundary}, or choose another permissions-boundary. First find out who changed the policy, and why.`,
      commands: [],
    },
  };
  const allowing = { Effect: "Allow", Action: "*", Resource: "*" };
  test.each<[string, LiveLevel["boundary"], object]>([
    [
      "whose policy was widened to everything is unhealthy",
      boundaryWith(boundary, allowing),
      { ...limiting, answer: "unhealthy", found: "it allows every action" },
    ],
    [
      "whose policy isn't understood is unknown",
      boundaryWith(boundary, { Effect: "Allow" }),
      {
        ...limiting,
        answer: "unknown",
        found: 'unsupported (a statement without actions): {"Effect":"Allow"}',
      },
    ],
    [
      "whose policy can't be read is unknown",
      DENIED,
      { ...limiting, answer: "unknown", found: DENIED.unknown.message, fix: ALLOW },
    ],
  ])("a boundary of environments.yaml %s", (_, limit, finding) => {
    const change = changing("full", () => ({ boundary: limit }));
    expect(examine("permissions-boundary", yaml, change).findings).toEqual([finding]);
  });
});
