import { aboutOf, type FindingKey, idOf, NOT_LOOKED_AT, titleOf } from "../../../../cli/commands/watch/finding-key";

const TRUST: FindingKey = { subject: { environment: "production" }, kind: "trust", about: ["full"] };

test("the ID of a finding is the same in every version: with another ID, each issue would be opened again", () => {
  expect(idOf("environments.yaml", TRUST)).toBe("aa69e9d4ae26");
  const about = ["role", "Admins"];
  const ofAccount = { subject: { account: "999988887777" }, kind: "audit-administrators", about };
  expect(idOf("environments.yaml", ofAccount)).toBe("1b9ef42c67e1");
});

test("a finding is known by file, environment, check and thing: each of them alone makes another", () => {
  const ids = [
    idOf("environments.yaml", TRUST),
    idOf("others.yaml", TRUST),
    idOf("environments.yaml", { ...TRUST, subject: { environment: "staging" } }),
    idOf("environments.yaml", { ...TRUST, kind: "role" }),
    idOf("environments.yaml", { ...TRUST, about: ["read-only"] }),
    idOf("environments.yaml", { ...TRUST, about: ["full", "policy"] }),
    idOf("environments.yaml", { ...TRUST, about: ["full policy"] }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test("what a finding is about has nobody's name in it, and different people stay different", () => {
  const [jane, john] = ["for-jane@example.com", "for-john@example.com"].map((name) => aboutOf(["full", name]));
  expect(jane).toEqual(["full", "… f03d4bc73527"]);
  expect(john).toEqual(["full", "… af041c3781d2"]);
});

test.each<[Partial<FindingKey>, string]>([
  [{}, "production: trust: full"],
  [{ about: ["channel", "T1", "C1"] }, "production: trust: channel T1 C1"],
  [{ kind: NOT_LOOKED_AT, about: ["environment"] }, "production: not looked at"],
  [
    { about: ["policy", "https://evil.example.com", "WWW.evil.example.com"] },
    "production: trust: policy https:__evil.example.com www_evil.example.com",
  ],
  [{ about: ["@acme #1 <b> [x](y) `*` é\n"] }, "production: trust: _acme _1 _b_ _x__y_ ___ __"],
  [{ about: ["x".repeat(150)] }, `production: trust: ${"x".repeat(150)}`],
  [{ about: ["x".repeat(151)] }, `production: trust: ${"x".repeat(150)}`],
])("a title mentions nobody and links to nothing, wherever it is shown: %j", (key, title) => {
  expect(titleOf({ ...TRUST, ...key })).toBe(title);
});
