/** An environment file in which every field of the schema stands. */
export const EVERY_FIELD = {
  defaults: {
    region: "us-east-1",
    backend: {
      type: "s3",
      bucket: "states",
      region: "us-east-1",
      prefix: "support",
      "kms-key": "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-44cd-96ef-1234567890ab",
    },
    profile: "everywhere",
    tags: { Owner: "platform" },
  },
  environments: {
    other: {
      account: "444455556666",
      backend: { type: "cloud", organization: "acme", "workspace-prefix": "support-", hostname: "tfe.acme.example" },
      full: {},
    },
    staging: {
      account: "111122223333",
      region: "us-east-1",
      backend: { type: "local" },
      profile: "staging/ops",
      "deploy-role": "arn:aws:iam::111122223333:role/deploy/er",
      tags: { Team: "access" },
      "read-only": { policy: "aws-managed", channels: [{ name: "watch", workspace: "T1", channel: "C2" }] },
      full: {
        without: ["live-chat"],
        until: "2099-12-31",
        temporarily: [{ capability: "live-chat", until: "2098-12-31T18:00:00+01:00" }],
        "service-quotas-role": "create",
        "role-name": "support",
        "policy-name": "support",
        description: "for support",
        "policy-description": "for support",
        path: "/a/b/",
        "permissions-boundary": "arn:aws:iam::111122223333:policy/a/boundary",
        "max-session-duration": 3600,
        tags: { Cost: "1" },
        adopt: true,
        "source-account-condition": false,
        channels: [
          { name: "oncall", workspace: "T1", channel: "C1", notify: { severity: "high", on: ["case-created"] } },
        ],
      },
      "slack-workspaces": ["T1"],
      "account-alias": "Payments",
      canary: true,
      retired: false,
    },
  },
};
