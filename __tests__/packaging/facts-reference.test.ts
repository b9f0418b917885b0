import type { Answers } from "../../packaging/acceptance-answers";
import { factsOf, stateOf } from "../../packaging/facts-reference";

const PAGE = `## Title

- <a id="session"></a>**Not confirmed: what session the
  Support App asks for.** The default is safe.
  Used in: \`a.ts\`
- <a id="iam-names"></a>**Names are unique.**
  Source: the reference.
  Used in: \`b.ts\`

Text.
`;
const [SESSION, NAMES] = factsOf(PAGE);

const run = (date: string, answers: Answers["answers"]): Answers => ({
  schemaVersion: 1,
  date,
  emulated: false,
  region: "eu-west-1",
  answers,
  versions: { package: "0.1.0", node: "v22.0.0", terraform: "1.11.4", providers: ["5.100.0"] },
});

test("a fact has an ID, and a source if AWS documents it", () => {
  expect([SESSION, NAMES]).toEqual([
    { id: "session", isDocumented: false },
    { id: "iam-names", isDocumented: true },
  ]);
});

test("a fact is confirmed or refuted by AWS's newest answer to it, and otherwise documented, answered or open", () => {
  const states = (...runs: Answers[]) => [SESSION, NAMES].map((fact) => fact && stateOf(fact, runs));
  expect(states()).toEqual(["open", "documented"]);
  const first = run("2026-12-01", {
    session: { answer: [900], confirms: null },
    "iam-names": { answer: "EntityAlreadyExistsException", confirms: true },
  });
  expect(states(first)).toEqual(["answered on 2026-12-01", "confirmed on 2026-12-01"]);
  const second = run("2026-12-02", { "iam-names": { answer: "answered", confirms: false } });
  expect(states(first, second)).toEqual(["answered on 2026-12-01", "refuted on 2026-12-02"]);
});
