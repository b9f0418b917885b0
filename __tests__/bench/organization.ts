/*
 * An organization of so many accounts on loopback, which answers each call after 50 ms. Prints its URL, and at the end of its
 * input the number of calls.
 */
import { type Answer, answerAs, xmlAnswer } from "../support/answering-aws";
import { OWN, organization } from "../support/answering-organization";
import { answering } from "../support/importable-aws";

const DELAY_MS = 50;

const [size = "1"] = process.argv.slice(2);
const accounts = Array.from({ length: Number(size) }, (_, index) => ({
  ...{ Id: String(Number(OWN) + index), Name: `account ${index}`, State: "ACTIVE" },
}));
const listing = organization(accounts, {}, 20);
const channelOf = (id: string) => ({
  ...{ TeamId: "T1", ChannelId: "C1", ChannelName: "oncall", NotifyOnCaseSeverity: "none" },
  ChannelRoleArn: `arn:aws:iam::${id}:role/Viewers`,
});

function answerOf(action: string, parameters: Readonly<Record<string, unknown>>, key: string, region: string): Answer {
  if (action === "ListAccounts") return listing(action, parameters);
  if (action === "AssumeRole") {
    const id = String(parameters.RoleArn).split(":")[4];
    return `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>`;
  }
  const id = /^\d+$/.test(key) ? key : OWN;
  if (action === "GetCallerIdentity") return `<Account>${id}</Account><Arn>arn:aws:iam::${id}:user/a</Arn>`;
  const channels: Record<string, object> = region === "us-east-1" ? { "T1|C1": channelOf(id) } : {};
  const answer = answering({ channels })(action, parameters);
  return typeof answer === "string" ? answer.replaceAll("111122223333", id) : answer;
}

let calls = 0;
answerAs((action, parameters, key = "", region = "") => {
  calls++;
  const answer = answerOf(action, parameters, key, region);
  const isQuery = typeof answer === "string" && answer.startsWith("<");
  const body = isQuery ? xmlAnswer(action, answer) : String(answer);
  return (outgoing) => void setTimeout(() => outgoing.end(body), DELAY_MS);
}).then(({ endpoint }) => console.log(endpoint));
process.stdin.resume().on("end", () => {
  console.log(calls);
  process.exit();
});
