import { CommandError } from "../../cli/terminal/command-error";
import { AcceptanceError, sentenceOf } from "./failure";

const awsError = (name: string, message: string) => Object.assign(new Error(message), { name, $metadata: {} });

test.each([
  [new AcceptanceError("Interrupted."), "Interrupted."],
  [new CommandError("Received AWS_ENDPOINT_URL with another value."), "Received AWS_ENDPOINT_URL with another value."],
  [new Error("Received no alias, expected one."), "Received no alias, expected one."],
  [awsError("LimitExceeded", "Too many roles"), "LimitExceeded: Too many roles."],
  [
    awsError("AccessDenied", "User is not authorized to perform: iam:CreateRole."),
    "AccessDenied: User is not authorized to perform: iam:CreateRole. Give the credentials the printed rights. If they have them, a permissions boundary or a service control policy denies it.",
  ],
])("a failure is a sentence without a stack trace: %s", (error, sentence) => {
  expect(sentenceOf(error)).toBe(sentence);
});

test("a network without AWS says so", () => {
  const error = Object.assign(new Error("getaddrinfo ENOTFOUND sts.us-east-1.amazonaws.com"), { code: "ENOTFOUND" });
  expect(sentenceOf(error)).toBe(
    "getaddrinfo ENOTFOUND sts.us-east-1.amazonaws.com. Check that AWS can be reached from here, and run it again.",
  );
});

test("missing credentials say what to do", () => {
  const error = Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" });
  expect(sentenceOf(error)).toContain("Set AWS_PROFILE");
});

test("a defect of the program itself keeps its stack trace", () => {
  expect(sentenceOf(new TypeError("x is undefined"))).toMatch(/^Report this as a defect: TypeError.*\n +at /);
});
