import {
  type Lookup,
  type LookupFailure,
  lookUp,
  lookUpIfAny,
  mapLookup,
  NoAnswer,
  valueIfKnown,
} from "../../../cli/aws/lookup";
import { BrokenAnswer } from "../../../common/broken-answer";

/** Why nothing is known if a call fails with that error. */
async function failure(error: unknown): Promise<LookupFailure> {
  const lookup = await lookUp("a:B", () => Promise.reject(error));
  if ("unknown" in lookup) return lookup.unknown;
  throw new Error("Received an answer, expected a failure.");
}

/** An error as the SDK makes it. */
const errorOf = (name: string, message: string, overrides: object = {}) =>
  Object.assign(new Error(message), { name, ...overrides });

test.each(["Signature expired: 20260101T000000Z is now earlier than …", "Signature not yet current: …"])(
  "a signature of another time is the clock's fault, whatever AWS calls the error: %s",
  async (message) => {
    expect(await failure(errorOf("SignatureDoesNotMatch", message))).toMatchObject({ kind: "clock" });
  },
);

test.each<[LookupFailure["kind"], ...string[]]>([
  ["credentials", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"],
  ["credentials", "CredentialsProviderError", "TokenProviderError", "ExpiredToken", "RequestExpired"],
  ["clock", "RequestTimeTooSkewed", "RequestInTheFuture"],
  ["denied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"],
  ["no-support-plan", "SubscriptionRequiredException"],
  ["no-support-app", "TypeNotFoundException"],
  ["no-organization", "AWSOrganizationsNotInUseException"],
  ["no-unit", "ParentNotFoundException"],
  ["other", "ThrottlingException", "NoAccessDenied", "NoSubscriptionRequired", "NoTypeNotFound"],
  ["other", "NoInvalidClientTokenId", "NoAWSOrganizationsNotInUse", "NoParentNotFound"],
])("a failure is of the kind %s where AWS names it so: %s", async (kind, ...names) => {
  const said = "InvalidClientTokenId: said"; // isn't the error's name
  for (const name of names) {
    const message = `${name}: ${said}`;
    expect(await failure(errorOf(name, said))).toEqual({ kind, action: "a:B", message });
  }
});

test.each<[string, unknown]>([
  ["ECONNREFUSED", Object.assign(new AggregateError([new Error("no route")], ""), { code: "ECONNREFUSED" })],
  ["nothing", "nothing"],
  ["nothing says why", new Error("")],
  ["no route", new Error("AWS SDK error wrapper for TypeError: no route")],
  ["no route", new Error("AWS SDK error wrapper for no route")],
  ["said: AWS SDK error wrapper for x", new Error("said: AWS SDK error wrapper for x")],
  ["nothing says why", new Error("AWS SDK error wrapper for Error: ")],
  ["no route", new Error(" no\n  route\n")],
])("if AWS couldn't be asked, the message says why, in one line: %s", async (reason, thrown) => {
  expect(await failure(thrown)).toEqual({ kind: "other", action: "a:B", message: `AWS couldn't be asked: ${reason}` });
});

const ON = "on resource: arn:aws:iam::111122223333:role/x";
const resource = "arn:aws:iam::111122223333:role/x";
test.each<[string, Partial<LookupFailure>]>([
  ["on resource: *", {}],
  [`${ON} because no identity-based policy allows the c:D action`, { resource }],
  [`${ON} with an explicit deny in a service control policy`, { resource, isDeniedByOrganization: true }],
  ["because no service control policy allows the c:D action", { isDeniedByOrganization: true }],
])("what AWS refuses, on what, and whether the organization does, is read from its message: %s", async (said, data) => {
  const message = `User is not authorized to perform: c:D ${said}`;
  expect(await failure(new Error(message))).toEqual({
    kind: "denied",
    action: "c:D",
    message: `Error: ${message}`,
    resource: undefined,
    isDeniedByOrganization: undefined,
    ...data,
  });
});

const BROKEN = "a broken answer to a:B: received status";
const TEAPOT = errorOf("Teapot", "said", { $response: { statusCode: 418 }, $fault: "client" });
const unparsed = (statusCode: number) => errorOf("SyntaxError", "Unexpected end", { $response: { statusCode } });
test.each<[string, Error, LookupFailure["kind"], string]>([
  ["no answer", new NoAnswer("waited 30 s"), "no-answer", "no answer to a:B: waited 30 s"],
  ["a broken one", new BrokenAnswer("received nothing"), "broken-answer", "a broken answer to a:B: received nothing"],
  ["half of one", unparsed(299), "broken-answer", `${BROKEN} 299 and an unreadable body, expected a whole answer`],
  ["a redirection", unparsed(300), "broken-answer", `${BROKEN} 300, expected an error code of AWS`],
  ...["Unknown", "UnknownError", "NotFound"].map((name): [string, Error, LookupFailure["kind"], string] => [
    `an error without a code (${name})`,
    errorOf(name, "said", { $response: { statusCode: 404 }, $fault: "client" }),
    ...(["broken-answer", `${BROKEN} 404, expected an error code of AWS`] as const),
  ]),
  ["an error with a code", TEAPOT, "other", "Teapot: said"],
])("%s in place of an answer is a failure that says what was received", async (_, error, kind, message) => {
  expect(await failure(error)).toEqual({ kind, action: "a:B", message });
});

test.each([
  ["getaddrinfo ENOTFOUND https://user:s3cret@proxy.example.com/", "getaddrinfo ENOTFOUND https://proxy.example.com/"],
  ["//us%40er:p@ss:word@host is no URL", "//host is no URL"],
  [
    "It should have been 'POST\n/\n\nhost:iam.amazonaws.com\nx-amz-security-token:IQoJb3JpZ2luX2VjEHk'",
    "It should have been 'POST / host:iam.amazonaws.com x-amz-security-token:…",
  ],
  [`The token ${"IQoJb3JpZ2luX2VjEHk+/".repeat(20)}== is expired`, "The token … is expired"],
  [`The ID ${"x".repeat(249)} isn't a token`, `The ID ${"x".repeat(249)} isn't a token`],
  ["The access key ASIAIOSFODNN7EXAMPLE is wrong", "The access key ASIA… is wrong"],
])("messages of AWS, the SDK and Node.js are repeated without secrets: %s", async (said, repeated) => {
  expect((await failure(errorOf("Said", said))).message).toBe(`Said: ${repeated}`);
});

test.each(["NoSuchEntityException", "NoSuchEntity", "ResourceNotFoundException"])(
  "what may not exist is known to be nothing if AWS says %s, and only then",
  async (name) => {
    const nothing = () => Promise.reject(errorOf(name, "said"));
    expect(await lookUpIfAny("a:B", nothing)).toEqual({ known: undefined });
    expect(await lookUp("a:B", nothing)).toEqual({
      unknown: { kind: "other", action: "a:B", message: `${name}: said` },
    });
    expect(await lookUpIfAny("a:B", () => Promise.reject(errorOf("AccessDenied", "said")))).toEqual({
      unknown: { kind: "denied", action: "a:B", message: "AccessDenied: said" },
    });
  },
);

test("only a known value is mapped; an unknown one keeps its reason", () => {
  const unknown: Lookup<number> = { unknown: { kind: "denied", action: "a:B", message: "no" } };
  expect([valueIfKnown({ known: 0 }), mapLookup({ known: 1 }, (value) => value + 1)]).toEqual([0, { known: 2 }]);
  expect([valueIfKnown(unknown), mapLookup(unknown, String)]).toEqual([undefined, unknown]);
});
