/*
 * An organization of so many accounts on loopback, which answers each call after 50 ms. Prints its URL, and at the end of its
 * input the number of calls.
 */
import { answerAs, xmlAnswer } from "../support/answering-aws";
import { OWN, organizationWithSetups } from "../support/answering-organization";

const DELAY_MS = 50;

const [size = "1"] = process.argv.slice(2);
const accounts = Array.from({ length: Number(size) }, (_, index) => ({
  Id: String(Number(OWN) + index),
  Name: `account ${index}`,
  State: "ACTIVE",
}));
const ids = accounts.map(({ Id }) => Id);
const answers = organizationWithSetups(accounts, ids, { size: 20, regions: ["us-east-1"] });

let calls = 0;
answerAs((action, ...call) => {
  calls++;
  const answer = answers(action, ...call);
  const isQuery = typeof answer === "string" && answer.startsWith("<");
  const body = isQuery ? xmlAnswer(action, answer) : String(answer);
  return (outgoing) => void setTimeout(() => outgoing.end(body), DELAY_MS);
}).then(({ endpoint }) => console.log(endpoint));
process.stdin.resume().on("end", () => {
  console.log(calls);
  process.exit();
});
