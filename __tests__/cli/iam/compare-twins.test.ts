import { difference, ONCE, policy, SEE, SLR, type Statement } from "./differences";

describe("policies that look different but are equal, each beside a twin that differs", () => {
  test.each<[string, Statement[], Statement[], string[]]>([
    ["actions in another order", [{ ...SEE }], [{ ...SEE, Action: [...SEE.Action].reverse() }], []],
    ["one action more", [SEE], [{ ...SEE, Action: [...SEE.Action, "support:CreateCase"] }], ["+ support:createcase *"]],
    ["one action less", [SEE], [{ ...SEE, Action: SEE.Action[0] }], ["- support:describecommunications *"]],
    ["a statement split", [SEE], SEE.Action.map((Action) => ({ ...SEE, Action })), []],
    [
      "a statement split, and one part of it denied",
      [SEE],
      [SEE, { ...SEE, Effect: "Deny", Action: SEE.Action[0] }],
      ["- support:describecases *"],
    ],
    ["a text turned into a list", [SLR], [{ ...SLR, Action: [SLR.Action], Resource: ["*"] }], []],
    ["a Sid", [SEE], [{ ...SEE, Sid: "See" }], []],
    ["an action in another case", [SLR], [{ ...SLR, Action: "IAM:createservicelinkedrole" }], []],
    [
      "a condition's key in another case",
      [SLR],
      [{ ...SLR, Condition: { StringEquals: { "IAM:AWSservicename": ["servicequotas.amazonaws.com"] } } }],
      [],
    ],
    [
      "a condition's value in another case",
      [SLR],
      [{ ...SLR, Condition: { StringEquals: { "iam:AWSServiceName": "ServiceQuotas.amazonaws.com" } } }],
      [
        '+ iam:createservicelinkedrole * if StringEquals iam:awsservicename = "ServiceQuotas.amazonaws.com"',
        '- iam:createservicelinkedrole * if StringEquals iam:awsservicename = "servicequotas.amazonaws.com"',
      ],
    ],
    ["a condition dropped", [SLR], [{ ...SLR, Condition: undefined }], ["+ iam:createservicelinkedrole *"]],
    ["a condition added", [{ ...SLR, Condition: undefined }], [SLR], ["- iam:createservicelinkedrole *"]],
    ["another operator with the same effect", [SLR], [{ ...SLR, Condition: { StringLike: ONCE.StringEquals } }], []],
    [
      "an operator that also holds without a value",
      [SLR],
      [{ ...SLR, Condition: { StringEqualsIfExists: ONCE.StringEquals } }],
      ['+ iam:createservicelinkedrole * if StringEqualsIfExists iam:awsservicename = "servicequotas.amazonaws.com"'],
    ],
    [
      "an operator that holds only with a value",
      [{ ...SLR, Condition: { StringEqualsIfExists: ONCE.StringEquals } }],
      [SLR],
      ['- iam:createservicelinkedrole * if StringEqualsIfExists iam:awsservicename = "servicequotas.amazonaws.com"'],
    ],
    ["a resource beside all of them", [SEE], [{ ...SEE, Resource: ["*", "arn:aws:support:::case/1"] }], []],
    [
      "a resource widened",
      [{ ...SEE, Resource: "arn:aws:support:::case/1" }],
      [SEE],
      ["+ support:describecases *", "+ support:describecommunications *"],
    ],
    [
      "Allow and Deny swapped",
      [SEE],
      [{ ...SEE, Effect: "Deny" }],
      ["- support:describecases *", "- support:describecommunications *"],
    ],
    ["a Deny of what nobody was allowed", [SEE], [SEE, { ...SLR, Effect: "Deny" }], []],
    [
      "a Deny taken off",
      [SEE, { ...SEE, Effect: "Deny", Action: SEE.Action[0] }],
      [SEE],
      ["+ support:describecases *"],
    ],
    ["NotAction", [SEE], [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], ["+ all but iam:* *"]],
    ["a wildcard", [SEE], [{ ...SEE, Action: "support:Describe*" }], ["+ support:describe* *"]],
    [
      "a wildcard beside actions that can be read",
      [SEE],
      [{ ...SEE, Action: [...SEE.Action, "support:Create*"] }],
      ["+ support:create* *"],
    ],
    [
      "a Deny taken off beneath a wildcard",
      [
        { ...SEE, Action: "support:*" },
        { ...SEE, Effect: "Deny", Action: "support:CreateCase" },
      ],
      [{ ...SEE, Action: "support:*" }],
      ["+ support:createcase *"],
    ],
    [
      "one value of a condition for two that read alike",
      [{ ...SLR, Condition: { StringEquals: { key: ['a" or "b'] } } }],
      [{ ...SLR, Condition: { StringEquals: { key: ["a", "b"] } } }],
      [
        '+ iam:createservicelinkedrole * if StringEquals key = "a" or "b"',
        '- iam:createservicelinkedrole * if StringEquals key = "a\\" or \\"b"',
      ],
    ],
    ["the same wildcard", [{ ...SEE, Action: "support:*" }], [{ ...SEE, Action: "support:*" }], []],
    [
      "a wildcard that covers what was named",
      [SEE, { ...SEE, Action: "support:*" }],
      [{ ...SEE, Action: "support:*" }],
      [],
    ],
    [
      "all but one service, and all of that one",
      [{ ...SEE, Action: "*" }],
      [
        { Effect: "Allow", NotAction: "s3:*", Resource: "*" },
        { ...SEE, Action: "s3:*" },
      ],
      [],
    ],
    [
      "all but one service, and not all of that one",
      [{ ...SEE, Action: "*" }],
      [
        { Effect: "Allow", NotAction: "s3:*", Resource: "*" },
        { ...SEE, Action: "s3:Get*" },
      ],
      ["- s3:* *"],
    ],
    [
      "all resources but one",
      [{ ...SEE, Action: "s3:GetObject" }],
      [{ Effect: "Allow", Action: "s3:GetObject", NotResource: "arn:aws:s3:::secret/*" }],
      ["- s3:getobject arn:aws:s3:::secret/*"],
    ],
    [
      "a pattern of resources",
      [{ ...SEE, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }],
      [{ ...SEE, Action: "s3:GetObject", Resource: ["arn:aws:s3:::a/*", "arn:aws:s3:::a/b/*"] }],
      [],
    ],
    [
      "a longer pattern of resources",
      [{ ...SEE, Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }],
      [{ ...SEE, Action: "s3:GetObject", Resource: "arn:aws:s3:::a*" }],
      ["+ s3:getobject arn:aws:s3:::a*"],
    ],
    ["an asterisk for any service and name", [{ ...SEE, Action: "*" }], [{ ...SEE, Action: "*:*" }], []],
    [
      "an ARN's wildcard, which stops at colons",
      [{ ...SLR, Condition: { ArnLike: { "aws:SourceArn": "arn:aws:*:*:1:*" } } }],
      [{ ...SLR, Condition: { StringLike: { "aws:SourceArn": "arn:aws:*:*:1:*" } } }],
      ['+ iam:createservicelinkedrole * if StringLike aws:sourcearn = "arn:aws:*:*:1:*"'],
    ],
    [
      "one of several values, or each of them",
      [{ ...SLR, Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": ["a", "b"] } } }],
      [{ ...SLR, Condition: { "ForAllValues:StringEquals": { "aws:CalledVia": ["a", "b"] } } }],
      [
        '+ iam:createservicelinkedrole * if ForAllValues:StringEquals aws:calledvia = "a" or "b"',
        '- iam:createservicelinkedrole * if ForAnyValue:StringEquals aws:calledvia = "a" or "b"',
      ],
    ],
    [
      "each of several values, of which there is one",
      [{ ...SLR, Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": ["a", "b"] } } }],
      [
        {
          ...SLR,
          Condition: {
            "ForAnyValue:StringLike": { "aws:CalledVia": "*" },
            "ForAllValues:StringEquals": { "aws:CalledVia": "a" },
          },
        },
      ],
      ['- iam:createservicelinkedrole * if ForAnyValue:StringEquals aws:calledvia = "a" or "b"'],
    ],
    [
      "a number, which is unsupported",
      [{ ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "60" } } }],
      [{ ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "30" } } }],
      [
        '+? iam:createservicelinkedrole * if NumericLessThan aws:multifactorauthage = "30"',
        '-? iam:createservicelinkedrole * if NumericLessThan aws:multifactorauthage = "60"',
      ],
    ],
    [
      "a number that stays, and another condition that is removed",
      [SEE, { ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "60" } } }],
      [{ ...SLR, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": "60" } } }],
      ["- support:describecases *", "- support:describecommunications *"],
    ],
    [
      "a variable of IAM's",
      [SEE],
      [{ ...SEE, Resource: "arn:aws:s3:::${aws:username}" }],
      ["-? support:describecases *", "-? support:describecommunications *"],
    ],
  ])("%s", (_, base, head, expected) => {
    expect(difference(policy(...base), policy(...head))).toEqual(expected);
  });

  const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "supportapp.amazonaws.com" } };
  test.each<[string, Statement, string[]]>([
    ["a list of one principal", { ...TRUST, Principal: { Service: ["supportapp.amazonaws.com"] } }, []],
    [
      "a principal more",
      { ...TRUST, Principal: { ...TRUST.Principal, AWS: "arn:aws:iam::111122223333:root" } },
      ["+ other-of-account sts:assumerole *"],
    ],
    ["anybody", { ...TRUST, Principal: "*" }, ["+ other sts:assumerole *"]],
    [
      "a role of an account",
      { ...TRUST, Principal: { ...TRUST.Principal, AWS: "arn:aws:iam::111122223333:role/a" } },
      ["+ AWS arn:aws:iam::111122223333:role/a sts:assumerole *"],
    ],
    [
      "a condition",
      { ...TRUST, Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } },
      ["- Service supportapp.amazonaws.com sts:assumerole *"],
    ],
    [
      "all but one",
      { Effect: "Allow", Action: "sts:AssumeRole", NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" } },
      ["+ other sts:assumerole *"],
    ],
  ])("in a trust: %s", (_, head, expected) => {
    expect(difference(policy(TRUST), policy(head))).toEqual(expected);
  });
});
