import { Readable } from "node:stream";
import { BrokenAnswer } from "../../../cli/aws/broken-answer";
import { listen, NoAnswer, PATIENCE } from "../../../cli/aws/silence";
import { type Transport, wholeAnswers } from "../../../cli/aws/transport";

const ORIGIN = { protocol: "https:", hostname: "iam.amazonaws.com" };
const QUERY = { ...ORIGIN, headers: {}, body: "Action=GetRole&RoleName=oncall" };
const JSON_CALL = { ...ORIGIN, port: 8443, headers: { "x-amz-target": "AWSSupport.DescribeCases" }, body: "{}" };

/** A transport that gets such an answer. */
function getting(
  body: Iterable<unknown>,
  statusCode = 200,
  headers: object = { "content-type": "text/xml" },
): Transport {
  const handle = async () => ({ response: { statusCode, headers, body: Readable.from(body) } });
  return { metadata: { handlerProtocol: "http/1.1" }, handle, destroy: () => {} } as unknown as Transport;
}

/** The whole answer to a call, as a text. */
async function answerTo(request: object, transport: Transport, limit = 10_000): Promise<string> {
  const { response } = await wholeAnswers(transport, limit).handle(request as never);
  return Buffer.from(response.body).toString();
}

test("an answer that comes in parts is passed on as a whole", async () => {
  const parts = ["<GetRole", "Response>", "</GetRoleResponse>"].map((part) => Buffer.from(part));
  expect(await answerTo(QUERY, getting(parts))).toBe("<GetRoleResponse></GetRoleResponse>");
});

test("an endless answer is abandoned, and the largest that AWS gives isn't", async () => {
  function* endless() {
    for (;;) yield Buffer.alloc(1_000_000);
  }
  const largest = [Buffer.alloc(8_000_000)];
  expect(await answerTo(QUERY, getting(largest, 400))).toHaveLength(8_000_000);
  const message = "received more than 8000000 bytes, expected fewer";
  await expect(answerTo(QUERY, getting(endless()))).rejects.toThrow(message);
  await expect(answerTo(QUERY, getting([...largest, Buffer.alloc(1)], 400))).rejects.toThrow(message);
});

test.each<[string, string, object]>([
  ["XML", "<GetRoleResponse/>", QUERY],
  ["XML with a declaration", ' <?xml version="1.0"?>\n<GetRoleResponse xmlns="x">', QUERY],
  ["lists", "<GetRoleResponse><Roles></Roles><Tags><member/></Tags><PolicyNames>\n<member>", QUERY],
  ["true and false", "<GetRoleResponse><IsTruncated> true </IsTruncated><IsTruncated>false</IsTruncated>", QUERY],
  ["JSON", '{ "cases": [] }', JSON_CALL],
  ["anything, for credentials", "<html>", { ...ORIGIN, headers: {} }],
])("AWS may answer with %s", async (_, body, request) => {
  expect(await answerTo(request, getting([Buffer.from(body)]))).toBe(body);
});

const HTML = { "content-type": "text/html" };
const NOT_XML = 'received "text/html" with status 200, expected XML that begins with <GetRoleResponse>';

test.each<[string, object, string]>([
  ["<html>", QUERY, NOT_XML],
  ["", QUERY, NOT_XML],
  ["<GetRoleResponses/>", QUERY, NOT_XML],
  ["<GetRoleResponse><Roles>text</Roles>", QUERY, "received an unreadable <Roles>, expected a list"],
  ["<GetRoleResponse><PolicyNames><a/></PolicyNames>", QUERY, "received an unreadable <PolicyNames>, expected a list"],
  [
    "<GetRoleResponse><ResourceSpecificResults>text</ResourceSpecificResults>",
    QUERY,
    "received an unreadable <ResourceSpecificResults>, expected a list",
  ],
  ["<GetRoleResponse><IsTruncated/>", QUERY, "received an unreadable <IsTruncated>, expected true or false"],
  [
    "<GetRoleResponse><AllowedByOrganizations>yes</AllowedByOrganizations>",
    QUERY,
    "received an unreadable <AllowedByOrganizations>, expected true or false",
  ],
  ["<html>", JSON_CALL, 'received "text/html" with status 200, expected JSON'],
  ["[]", JSON_CALL, 'received "text/html" with status 200, expected JSON'],
])("an answer %j isn't from AWS", async (body, request, message) => {
  await expect(answerTo(request, getting([Buffer.from(body)], 200, HTML))).rejects.toThrow(new BrokenAnswer(message));
});

test("an error may have any form: what it means is for the SDK to say", async () => {
  expect(await answerTo(QUERY, getting([Buffer.from("<html>")], 300, HTML))).toBe("<html>");
  await expect(answerTo(QUERY, getting([Buffer.from("<html>")], 299, HTML))).rejects.toThrow(
    NOT_XML.replace("200", "299"),
  );
});

/** A transport that never gets an answer, until its call is cancelled. */
const silent = {
  handle: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) =>
    new Promise((_resolve, reject) => {
      abortSignal.addEventListener("abort", () => reject(new Error("cancelled")));
    }),
} as unknown as Transport;

test.each([
  [QUERY, "GetRole from https://iam.amazonaws.com"],
  [JSON_CALL, "DescribeCases from https://iam.amazonaws.com:8443"],
  [{ ...ORIGIN, headers: {} }, "credentials from https://iam.amazonaws.com"],
])("an attempt that takes too long is one that the SDK repeats: %j", async (request, call) => {
  const error: unknown = await answerTo(request, silent, 2).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(NoAnswer);
  expect(error).toMatchObject({
    name: "TimeoutError",
    message: `waited 0.002 s for the whole answer to ${call}`,
  });
});

test("a connection that fails is for the SDK to report", async () => {
  const failing = { handle: () => Promise.reject(new Error("socket hang up")) } as unknown as Transport;
  await expect(answerTo(QUERY, failing)).rejects.toThrow(new Error("socket hang up"));
});

describe("a silence", () => {
  const told: string[] = [];
  beforeEach(() => {
    jest.useFakeTimers();
    told.length = 0;
  });
  afterEach(() => jest.useRealTimers());
  const silence = () => listen(PATIENCE, (waitingFor) => told.push(waitingFor));
  const ask = (transport: Transport, of: ReturnType<typeof silence>, request: object = QUERY) =>
    wholeAnswers(transport, 60_000, of).handle(request as never);

  test("is of the call that waits, and ends it", async () => {
    const asked = ask(silent, silence());
    const ended = expect(asked).rejects.toThrow(new NoAnswer("waited 30 s for GetRole from https://iam.amazonaws.com"));
    jest.advanceTimersByTime(30_000);
    await ended;
    expect(told).toEqual(["GetRole from https://iam.amazonaws.com"]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("begins again with each answer, and is then of the next call", async () => {
    const of = silence();
    jest.advanceTimersByTime(4_999);
    await ask(getting([Buffer.from("{}")]), of, JSON_CALL);
    const next = ask(silent, of).catch(() => {});
    jest.advanceTimersByTime(4_999);
    expect(told).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(told).toEqual(["GetRole from https://iam.amazonaws.com"]);
    of.end();
    await next;
  });
});

test("everything else is the transport's own", () => {
  const transport = { ...getting([]), destroy: jest.fn() };
  const whole = wholeAnswers(transport, 1);
  expect(whole.metadata).toBe(transport.metadata);
  whole.destroy?.();
  expect(transport.destroy).toHaveBeenCalledTimes(1);
});
