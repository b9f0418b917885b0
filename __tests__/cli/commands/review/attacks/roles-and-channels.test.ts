import { ACCOUNT, edited, fullRole, passes } from "../../../../support/attacked-stack";
import { CHANNEL, type Draft } from "../../../../support/edited-stack";

describe("an attack needs an approval or is refused, and its twin passes", () => {
  test.each<[name: string, attack: (draft: Draft) => void, twin: (draft: Draft) => void]>([
    [
      "a second role that is linked to Service Quotas",
      (draft) => {
        draft.resource.aws_iam_service_linked_role = {
          more: { aws_service_name: "servicequotas.amazonaws.com", lifecycle: { prevent_destroy: true } },
        };
      },
      (draft) => {
        fullRole(draft).tags = { service: "servicequotas.amazonaws.com" };
      },
    ],
    [
      "a letter that Terraform turns into another",
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement.push({
          effect: "Deny",
          actions: ["support:CreateCase"],
          resources: ["arn:aws:s3:::b/\u212aeys"],
        });
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement.push({
          effect: "Deny",
          actions: ["support:CreateCase"],
          resources: ["arn:aws:s3:::b/Keys"],
        });
      },
    ],
    [
      "an IAM variable that an older policy version takes literally",
      (draft) => {
        draft.resource.aws_iam_policy.full.policy = `{"Statement":[{"Effect":"Deny","Action":"support:*","Resource":"arn:aws:s3:::\\u0024{aws:username}"}]}`;
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement.push({
          ...{ effect: "Deny", actions: ["support:*"], resources: ["arn:aws:s3:::a"] },
        });
      },
    ],
    [
      "a channel that gets a role before its policy is narrowed, which AWS may refuse",
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement = [];
        draft.resource.aws_cloudcontrolapi_resource[CHANNEL].depends_on.shift();
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full.statement = [];
        draft.resource.aws_cloudcontrolapi_resource[CHANNEL].depends_on.push("aws_iam_role.read_only");
      },
    ],
    [
      "notifications of which one keeps its setting in the account",
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace(', "NotifyOnResolveCase" = false', "");
      },
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace('"NotifyOnResolveCase" = false', '"NotifyOnResolveCase" = true');
      },
    ],
    [
      "a role that another provider manages",
      (draft) => {
        fullRole(draft).provider = "aws.theirs";
      },
      (draft) => {
        fullRole(draft).tags = { provider: "aws.theirs" };
      },
    ],
    [
      "a policy named like a property of every object",
      (draft) => {
        draft.resource.aws_iam_role_policy_attachment.full.policy_arn = "constructor";
      },
      (draft) => {
        fullRole(draft).description = "constructor";
      },
    ],
    [
      "a boundary named like a property of every object",
      (draft) => {
        fullRole(draft).permissions_boundary = "__proto__";
      },
      (draft) => {
        fullRole(draft).tags = { a: "__proto__" };
      },
    ],
    [
      "a type named like a property of every object",
      (draft) => {
        draft.resource.toString = { a: {} };
      },
      (draft) => {
        draft["//"].toString = { a: {} };
      },
    ],
    [
      "anybody in the trust",
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement.push({
          actions: ["sts:AssumeRole"],
          principals: [{ type: "AWS", identifiers: ["*"] }],
        });
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement.push({
          effect: "Deny",
          actions: ["sts:AssumeRole"],
          principals: [{ type: "AWS", identifiers: ["999999999999"] }],
        });
      },
    ],
    [
      "a condition that holds more often",
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement[0].condition[0].test = "StringEqualsIfExists";
      },
      (draft) => {
        draft.data.aws_iam_policy_document.full_trust.statement[0].condition[0].test = "StringLike";
      },
    ],
    [
      "a workspace's registration that creates a role",
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.workspace_T01.type_name = "AWS::IAM::Role";
      },
      (draft) => {
        draft.resource.aws_cloudcontrolapi_resource.workspace_T01.desired_state = '${jsonencode({"TeamId" = "T02"})}';
      },
    ],
    [
      "a channel of another role by its ARN",
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace("aws_iam_role.full.arn", `"arn:aws:iam::${ACCOUNT}:role/Boss"`);
      },
      (draft) => {
        const one = draft.resource.aws_cloudcontrolapi_resource[CHANNEL];
        one.desired_state = one.desired_state.replace("oncall", "ops");
      },
    ],
  ])("%s", (_, attack, twin) => {
    expect(passes(edited(attack))).toBe(false);
    expect(edited(twin)).toMatchObject({ unreadable: [], violations: [] });
    expect(passes(edited(twin))).toBe(true);
  });
});
