import type { ServerResponse } from "node:http";
import { listening, serverOf } from "./loopback";

/** What is answered to a call of that action, such as `GetRole`, by whoever has that access key, in that region. */
export type Answers = (
  action: string,
  parameters: Readonly<Record<string, unknown>>,
  accessKey?: string,
  region?: string,
) => Answer;

/** An answer as AWS makes it of a body, an error, or whatever else writes the answer. */
export type Answer = string | ErrorAnswer | ((outgoing: ServerResponse) => void);

/** An error as AWS answers it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code: string;
  /** Default: that the action says so. */
  readonly message?: string;
}

/** A text as XML has it. */
export function xmlOf(text: string): string {
  return text.replace(/[&<>\r]|[^\n -~]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** AWS on loopback that answers as it is told, for what the emulator doesn't do: pages, and errors of its own. */
interface AnsweringAws {
  readonly endpoint: string;
  readonly asked: string[];
  /** Who asked for it, and where: access key and region of each call. */
  readonly signed: string[];
  close(): Promise<unknown>;
}

/** Starts one on a free port. */
export async function answerAs(answers: Answers): Promise<AnsweringAws> {
  const requests: string[] = [];
  const signed: string[] = [];
  const server = serverOf((incoming, outgoing, body) => {
    const target = incoming.headers["x-amz-target"];
    const parameters = typeof target === "string" ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    const action = typeof target === "string" ? String(target.split(".")[1]) : String(parameters.Action);
    requests.push(action);
    const [, key = "", region] = incoming.headers.authorization?.match(/Credential=([^/]+)\/\d+\/([^/]+)\//) ?? [];
    signed.push(`${key} in ${region}`);
    const answer = answers(action, parameters, key, region);
    if (typeof answer === "function") {
      answer(outgoing);
    } else if (typeof answer === "string") {
      outgoing.end(typeof target === "string" ? answer : xmlAnswer(action, answer));
    } else {
      const { status, code, message = `${action} says so` } = answer;
      outgoing.writeHead(status);
      outgoing.end(
        typeof target === "string"
          ? JSON.stringify({ __type: code, message })
          : `<ErrorResponse><Error><Code>${code}</Code><Message>${xmlOf(message)}</Message></Error></ErrorResponse>`,
      );
    }
  });
  const { url: endpoint, close } = await listening(server);
  return { endpoint, asked: requests, signed, close };
}

/** What the SDK is told: somebody's credentials, and nothing of this machine's configuration. */
const AWS_VARIABLES: NodeJS.ProcessEnv = {
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_CA_BUNDLE: "",
  HTTPS_PROXY: "",
  https_proxy: "",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

/** A body as AWS answers it in its Query protocol. */
export function xmlAnswer(action: string, result: string): string {
  return `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
}

/** AWS on loopback for all tests of a file, which answers what each test sets. To be called where tests are described. */
export function awsInTests(answers: Answers = () => "") {
  const before = process.env;
  const aws = { answers, asked: [] as string[], signed: [] as string[], endpoint: "" };
  let server: AnsweringAws;
  beforeAll(async () => {
    server = await answerAs((...call) => aws.answers(...call));
    Object.assign(aws, { asked: server.asked, signed: server.signed, endpoint: server.endpoint });
  });
  beforeEach(() => {
    process.env = { ...before, ...AWS_VARIABLES, AWS_ENDPOINT_URL: server.endpoint };
    aws.answers = answers;
    aws.asked.length = aws.signed.length = 0;
  });
  afterEach(() => {
    process.env = before;
  });
  afterAll(() => server.close());
  return aws;
}

/** AWS without anything, in the account of whichever role is assumed, or in this one. */
export function emptyAwsInTests(account = "111122223333") {
  return awsInTests((action, { RoleArn }, accessKey = "") => {
    const signedInAccount = /^\d{12}$/.test(accessKey) ? accessKey : account;
    switch (action) {
      case "AssumeRole":
        return `<Credentials><AccessKeyId>${String(RoleArn).split(":")[4]}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken></Credentials>`;
      case "GetCallerIdentity":
        return `<Account>${signedInAccount}</Account><Arn>arn:aws:iam::${signedInAccount}:role/a</Arn>`;
      case "ListResources":
        return JSON.stringify({ ResourceDescriptions: [] });
      default:
        return { status: 404, code: "NoSuchEntity" };
    }
  });
}

/** What a client of the SDK is told: not to repeat a call. */
export const CLIENT = { region: "us-east-1", maxAttempts: 1 };
