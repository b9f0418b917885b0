import { existsSync, readFileSync } from "node:fs";
import { markdownTable } from "../cli/terminal/markdown";
import { type Answers, type FactAnswer, readAnswers } from "./acceptance-answers";
import { type AskedFact, QUESTIONS, UNASKED } from "./acceptance-questions";

/** A fact of docs/contributing/aws-facts.md. */
export interface Fact {
  readonly id: string;
  /** Whether AWS's documentation says so. */
  readonly isDocumented: boolean;
}

const ITEM = /^- <a id="([\w-]+)"><\/a>\*\*(.*?)(?=^- <a |^#|(?![\s\S]))/gms;

/** The facts of the page: the items of its lists. */
export function factsOf(page: string): Fact[] {
  return [...page.matchAll(ITEM)].map(([, id = "", text = ""]) => ({ id, isDocumented: text.includes("Source:") }));
}

/** Where the answers of acceptance runs are. */
const ANSWERS = "acceptance";

/** The table of the facts that AWS itself was or can be asked, or that are open: the state of each, and which step of an acceptance run asks. */
export function factsReference(): string {
  const answers = existsSync(ANSWERS) ? readAnswers(ANSWERS) : [];
  const facts = factsOf(readFileSync("docs/contributing/aws-facts.md", "utf8"));
  const rows = facts.map((fact) => [`[${fact.id}](#${fact.id})`, stateOf(fact, answers), askedBy(fact.id)]);
  const isDocumentedAlone = ([, state, step]: readonly string[]) => state === "documented" && step === "";
  return markdownTable(
    ["fact", "state", "asked by"],
    rows.filter((row) => !isDocumentedAlone(row)),
  );
}

/** The newest answer that says whether it is so, or else whether AWS documents it. */
export function stateOf({ id, isDocumented }: Fact, answers: readonly Answers[]): string {
  const newest = (says: (answer: FactAnswer) => boolean) =>
    answers
      .flatMap(({ date, answers }) => {
        const answer = answers[id as AskedFact];
        return answer !== undefined && says(answer) ? { date, ...answer } : [];
      })
      .at(-1);
  const decision = newest(({ confirms }) => confirms !== null);
  if (decision !== undefined) return `${decision.confirms ? "confirmed" : "refuted"} on ${decision.date}`;
  if (isDocumented) return "documented";
  const answer = newest(() => true);
  return answer === undefined ? "open" : `answered on ${answer.date}`;
}

function askedBy(id: string): string {
  const question = QUESTIONS[id as AskedFact];
  if (question !== undefined) return `\`${question.step}\``;
  const reason = UNASKED[id];
  return reason === undefined ? "" : `no step: ${reason}`;
}
