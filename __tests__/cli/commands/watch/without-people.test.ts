import { withoutPeople, withoutPeopleIn } from "../../../../cli/commands/watch/without-people";

test.each([
  [
    "the name of a session",
    "credentials of the account 1 (arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Admin_abc/janedoe)",
    "credentials of the account 1 (arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Admin_abc/…)",
  ],
  [
    "the name of a user, with its path",
    "User: arn:aws:iam::444455556666:user/staff/janedoe is not authorized",
    "User: arn:aws:iam::444455556666:user/… is not authorized",
  ],
  [
    "the name of a federated user",
    "(arn:aws:sts::444455556666:federated-user/janedoe)",
    "(arn:aws:sts::444455556666:federated-user/…)",
  ],
  [
    "a user in a policy",
    '{"AWS":"arn:aws:iam::444455556666:user/janedoe"}',
    '{"AWS":"arn:aws:iam::444455556666:user/…"}',
  ],
  ["an email address in any script", "Ask jané.doe+ops@mail.exämple.com, or Jane", "Ask …, or Jane"],
  [
    "what a policy compares a person with",
    '{"StringEquals":{"aws:username":"janedoe"},"StringLike":{"aws:userid":["AROAEXAMPLEID:jane.doe","x[]","jane \\" doe"]}}',
    '{"StringEquals":{"aws:username":"…"},"StringLike":{"aws:userid":"…"}}',
  ],
  [
    "the name of a session in a condition, whatever the case of its key",
    '{"sts:RoleSessionName": ["jane.doe"], "STS:SourceIdentity":"jane","aws:SourceIdentity":"jane \\" doe"}',
    '{"sts:RoleSessionName": "…", "STS:SourceIdentity":"…","aws:SourceIdentity":"…"}',
  ],
  [
    "what follows the ID of a role or a user",
    "AROAEXAMPLEID:jane.doe, AIDA*:jane and AROA?:jane",
    "AROAEXAMPLEID:…, AIDA*:… and AROA?:…",
  ],
])("%s is left out", (_, text, without) => {
  expect(withoutPeople(text)).toBe(without);
});

test.each([
  "arn:aws:iam::444455556666:role/AWSReservedSSO_Admin_abc",
  "arn:aws:sts::444455556666:assumed-role/terraform",
  '{"StringEquals":{"aws:PrincipalOrgID":"o-1","aws:usernames":"x"}}',
  "AKIAIOSFODNN7EXAMPLE:x and AROA:",
  "@here, a@b and #oncall (C1 of T1)",
])("what is about nobody stays: %s", (text) => {
  expect(withoutPeople(text)).toBe(text);
});

test("in a value of JSON, every text is without people, at any depth, and all else is as it was", () => {
  const value = { kind: "trust", count: 1, fix: { change: { a: ["by jane.doe@example.com", null] } } };
  expect(withoutPeopleIn(value)).toEqual({ ...value, fix: { change: { a: ["by …", null] } } });
});
