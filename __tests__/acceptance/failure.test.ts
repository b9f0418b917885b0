import { CommandError } from "../../cli/terminal/command-error";
import { sentenceOf } from "./failure";

const errorOf = (message: string, fields: object) => Object.assign(new Error(message), fields);

test.each([
  [new CommandError("Received AWS_ENDPOINT_URL with another value."), "Received AWS_ENDPOINT_URL with another value."],
  [new Error("Received no alias, expected one."), "Received no alias, expected one."],
  [errorOf("Too many roles", { name: "LimitExceeded", $metadata: {} }), "LimitExceeded: Too many roles."],
  [
    errorOf("User is not authorized to perform: iam:CreateRole.", { name: "AccessDenied", $metadata: {} }),
    "AccessDenied: User is not authorized to perform: iam:CreateRole. Give the credentials the printed rights. If they have them, a permissions boundary or a service control policy denies it.",
  ],
  [
    errorOf("getaddrinfo ENOTFOUND sts.us-east-1.amazonaws.com", { code: "ENOTFOUND" }),
    "getaddrinfo ENOTFOUND sts.us-east-1.amazonaws.com. Check that AWS can be reached from here, and run it again.",
  ],
])("a failure is a sentence without a stack trace, and says what to do: %s", (error, sentence) => {
  expect(sentenceOf(error)).toBe(sentence);
});

test("a defect of the program itself keeps its stack trace", () => {
  expect(sentenceOf(new TypeError("x is undefined"))).toMatch(/^Report this as a defect: TypeError.*\n +at /);
});
