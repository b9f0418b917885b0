import { rolesOf } from "../../../../cli/commands/bootstrap/roles";
import { GITLAB } from "../../../../cli/forge/gitlab/gitlab";
import { authorize } from "../../../../cli/iam/authorize";
import { readPolicy } from "../../../../cli/iam/policy";
import { ACCOUNT, environmentOf } from "../../../support/live-account";

const ENVIRONMENT = environmentOf("full: {}", "payments");

/** The roles that trust a project's branch, and whether a job with a token can assume them: the provider stands for itself. */
function trusted(repository: string, branch = "main") {
  const issuer = GITLAB.bootstrap.setupOf(repository, branch)?.issuer;
  if (issuer === undefined) throw new Error(repository);
  const [deployer, reader] = rolesOf(ENVIRONMENT, GITLAB, issuer).map(({ trust }) => trust);
  const decide = (trust: typeof deployer, sub: string, aud: string) => {
    const [jobs] = trust?.Statement ?? [];
    expect(jobs?.Principal).toEqual({ Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer.host}` });
    const statement = { ...jobs, Principal: { Service: issuer.host } };
    const policy = readPolicy(JSON.stringify({ ...trust, Statement: [statement] }));
    expect(policy.unreadable).toEqual([]);
    const keys = { [`${issuer.host}:sub`]: sub, [`${issuer.host}:aud`]: aud };
    const request = { action: "sts:AssumeRoleWithWebIdentity", service: issuer.host, keys };
    return authorize([{ name: "trust", policy }], request).is;
  };
  return {
    issuer,
    deploys: (sub: string, aud: string) => decide(deployer, sub, aud),
    reads: (sub: string, aud: string) => decide(reader, sub, aud),
  };
}

const PROJECT = "acme/platform/slack-access";
const subjectOf = (branch: string, project = PROJECT, type = "branch") =>
  `project_path:${project}:ref_type:${type}:ref:${branch}`;

test("a job of the branch with the token of exactly its environment has that environment's role, and no other job", () => {
  const { deploys, reads } = trusted(PROJECT);
  expect(deploys(subjectOf("main"), "payments")).toBe("allowed");
  for (const audience of ["doctor-payments", "drift-payments"]) {
    expect(reads(subjectOf("main"), audience)).toBe("allowed");
    expect(deploys(subjectOf("main"), audience)).toBe("implicit-deny");
  }
  const audiences = ["payments", "doctor-payments", "drift-payments"];
  const strangers: readonly (readonly [sub: string, aud: string])[] = [
    ...[
      ...["feature", "main2", "xmain", "*", "Main", "main:ref:main"].map((branch) => subjectOf(branch)),
      subjectOf("main", PROJECT, "tag"),
      ...[
        "acme/slack-access",
        "other/platform/slack-access",
        `${PROJECT}2`,
        "acme/*/slack-access",
        "Acme/platform/slack-access",
      ].map((project) => subjectOf("main", project)),
      `${subjectOf("main")}:environment_protected:false`, // a project that has customized its tokens
      "",
    ].flatMap((sub) => audiences.map((audience) => [sub, audience] as const)),
    ...[
      "search",
      "plan-payments",
      "payments2",
      "*",
      "https://gitlab.com",
      "sts.amazonaws.com",
      "support-app/ci",
      "",
    ].map((audience) => [subjectOf("main"), audience] as const),
  ];
  for (const [sub, audience] of strangers)
    expect([sub, audience, deploys(sub, audience), reads(sub, audience)]).toEqual([
      ...[sub, audience, "implicit-deny", "implicit-deny"],
    ]);
  expect(reads(subjectOf("main"), "payments")).toBe("implicit-deny");
});

test("another branch deploys if it is the one that is named, and a GitLab of one's own signs its own tokens", () => {
  const { issuer, deploys } = trusted("https://gitlab.example.com/acme/slack-access", "release/1");
  expect(issuer.host).toBe("gitlab.example.com");
  expect(deploys(subjectOf("release/1", "acme/slack-access"), "payments")).toBe("allowed");
  expect(deploys(subjectOf("main", "acme/slack-access"), "payments")).toBe("implicit-deny");
});
