import timers from "node:timers/promises";
import * as z from "zod";
import { howToRun, type Repository, repositoryOf } from "../../../../cli/forge/github/api";
import { askRest, listRest, readRest } from "../../../../cli/forge/rest-api";
import { CommandError } from "../../../../cli/terminal/command-error";
import type { Failure } from "../../../support/answering-forge";
import { gitHubInTests } from "../../../support/answering-github";
import { printedInTests } from "../../../support/printed";

const TOKEN = "ghs_secret.of-a_job";
const COMMENTS = "GET /repos/acme/access/issues/7/comments";
const AGAIN = "Run the job again";
const PERMISSIONS = `Give the job the permissions that it has in .github/workflows/review.yml. ${AGAIN}.`;

const printed = printedInTests();
const server = gitHubInTests();
let gitHub: Repository;
beforeEach(() => {
  gitHub = repositoryOf(env({ GITHUB_API_URL: server.url }), HOW, "review.yml");
});
const HOW = howToRun("support-app review --github", "review.yml");
const env = (changed: NodeJS.ProcessEnv = {}) => ({
  GITHUB_REPOSITORY: "acme/access",
  GITHUB_API_URL: "https://api.github.com",
  GITHUB_TOKEN: TOKEN,
  ...changed,
});

/** Asks for the comments of the pull request. */
const comments = (tolerated?: number) => askRest(gitHub, "GET", "/issues/7/comments", {}, tolerated);

/** How a request fails. */
async function failureOf(failure: Failure): Promise<CommandError> {
  server.failures.set(COMMENTS, failure);
  return comments().then(
    () => Promise.reject(new Error("GitHub has answered.")),
    (error) => error,
  );
}

describe("the repository of a workflow", () => {
  test.each(["https://api.github.com", "http://ghe.example.com/api"])("GITHUB_API_URL can be %s", (url) => {
    const repository = repositoryOf(env({ GITHUB_API_URL: url }), HOW, "review.yml");
    expect(repository).toMatchObject({ fullName: "acme/access", url, root: "/repos/acme/access", token: TOKEN });
  });

  const REPOSITORY = ["GITHUB_REPOSITORY", "OWNER/NAME"] as const;
  const URL = ["GITHUB_API_URL", "an http or https URL"] as const;
  const SECRET = ["GITHUB_TOKEN", "a GitHub token"] as const;
  test.each([
    ["acme", REPOSITORY, '"acme"'],
    ["a/b c", REPOSITORY, '"a/b c"'],
    ["c a/b", REPOSITORY, '"c a/b"'],
    ["a https://b", URL, '"a https://b"'],
    ["https://b c", URL, '"https://b c"'],
    ["", SECRET, "nothing"],
    ["a b", SECRET, "a value that can't be a token"],
    ["ghs_secret\n", SECRET, "a value that can't be a token"],
  ])("a repository isn't known with %j in %j, which may be a secret", (value, [name, expected], received) => {
    expect(() => repositoryOf(env({ [name]: value }), HOW, "review.yml")).toThrow(
      new CommandError(
        `Received ${received} for the variable ${name}, expected ${expected}. Run \`support-app review --github\` as .github/workflows/review.yml does.`,
      ),
    );
  });
});

describe("a request", () => {
  test("a request is answered, with the token of the job", async () => {
    server.comments.push({ id: 1, user: null, body: "a" });
    expect(await comments()).toEqual({ status: 200, data: [{ id: 1, user: null, body: "a" }], link: undefined });
    expect(server.asked).toEqual([COMMENTS]);
    expect(server.authorizations).toEqual(new Set([`bearer ${TOKEN}`]));
  });

  test.each<[Parameters<typeof askRest>[1], query: string, body: object]>([
    ["GET", "?a=b", {}],
    ["DELETE", "?a=b", {}],
    ["POST", "", { body: '{"a":"b"}', headers: expect.objectContaining({ "content-type": "application/json" }) }],
    ["PATCH", "", { body: '{"a":"b"}', headers: expect.objectContaining({ accept: "application/vnd.github+json" }) }],
  ])("a request with %s has its parameters where GitHub reads them", async (method, query, sent) => {
    const fetched = jest.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("{}"));
    await askRest(gitHub, method, "/issues", { a: "b" });
    const [[url, init] = []] = fetched.mock.calls;
    expect(String(url)).toBe(`${gitHub.url}/repos/acme/access/issues${query}`);
    expect(init).toMatchObject({ method, body: undefined, ...sent });
  });

  test("a request may tolerate one status, and no other", async () => {
    server.failures.set(COMMENTS, { status: 404, message: "Not Found" });
    expect(await comments(404)).toEqual({ status: 404 });
    await expect(comments(410)).rejects.toThrow("with status 404");
  });

  test.each<[status: number, advice: string]>([
    ...[401, 403, 404].map((status): [number, string] => [status, PERMISSIONS]),
    [500, `${AGAIN}.`],
  ])("a request that fails with %d says what to do: %s", async (status, advice) => {
    const { message } = await failureOf({ status, message: "No" });
    expect(message).toBe(`GitHub answered ${COMMENTS} with status ${status} ("No"). ${advice}`);
  });

  test("a request without any answer is an error, too", async () => {
    gitHub = { ...gitHub, url: "http://127.0.0.1:9" };
    await expect(comments()).rejects.toThrow(
      /^GitHub didn't answer GET \/repos\/acme\/access\/issues\/7\/comments \(".*"\)\. Run the job again\.$/,
    );
  });

  test("a request that takes longer than a minute isn't waited for", async () => {
    const timeout = jest.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort(new Error("too late")));
    await expect(comments()).rejects.toThrow(`GitHub didn't answer ${COMMENTS} ("too late").`);
    expect(timeout).toHaveBeenCalledWith(60_000);
  });

  test("a request that fails is reported without the token, and safely", async () => {
    const error = await failureOf({ status: 403, message: `Not ${TOKEN}\n::error::\u001b[31m` });
    expect(error.message).toContain('status 403 ("Not ***\\n::error::\\u001b[31m")');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(TOKEN);
  });
});

describe("a rate limit", () => {
  const waited: number[] = [];
  beforeEach(() => {
    waited.length = 0;
    jest.spyOn(timers, "setTimeout").mockImplementation((async (ms: number) => waited.push(ms)) as never);
  });

  test.each([
    [403, 180],
    [429, 1],
  ])("a rate limit of status %d is waited for, and the request is then done once", async (status, retryAfter) => {
    server.failures.set(COMMENTS, { status, message: "Slow down", retryAfter, times: 3 });
    expect(await comments()).toMatchObject({ status: 200 });
    expect(waited).toEqual([retryAfter, retryAfter, retryAfter].map((seconds) => seconds * 1000));
    expect(printed).toEqual(Array(3).fill(`GitHub asks to wait ${retryAfter} seconds …`));
  });

  test.each<[string, Failure, waits: number]>([
    ["that lasts is waited for three times", { status: 429, retryAfter: 60 }, 3],
    ["of more than three minutes isn't waited for", { status: 403, retryAfter: 181 }, 0],
    ["without a time isn't waited for", { status: 429 }, 0],
    ["that comes with another status isn't waited for", { status: 503, retryAfter: 1 }, 0],
    ["of a time and more isn't waited for", { status: 403, retryAfter: "1 day" }, 0],
    ["of another time isn't waited for", { status: 403, retryAfter: "in 1" }, 0],
  ])("a rate limit %s", async (_, failure, waits) => {
    const { message } = await failureOf({ message: "Slow down", ...failure });
    expect(message).toContain(`GitHub answered ${COMMENTS} with status ${failure.status} ("Slow down")`);
    expect(waited).toHaveLength(waits);
  });
});

const COMMENT = z.object({ id: z.int() });
const COMMENTS_PAGE = z.array(COMMENT);

test.each([
  [100, 1],
  [201, 3],
])("a list of %d is whole, after %d requests", async (count, requests) => {
  const stored = Array.from({ length: count }, (_, id) => ({ id, user: null, body: "a" }));
  server.comments.push(...stored);
  expect(await listRest(gitHub, "/issues/7/comments", COMMENTS_PAGE)).toEqual(stored.map(({ id }) => ({ id })));
  expect(server.asked).toEqual(Array(requests).fill(COMMENTS));
});

test("a list that doesn't end is an error", async () => {
  server.comments.push(...Array.from({ length: 10_001 }, (_, id) => ({ id, user: null, body: "a" })));
  await expect(listRest(gitHub, "/issues/7/comments", COMMENTS_PAGE)).rejects.toThrow(
    new CommandError(
      `A broken answer of GitHub to ${COMMENTS}: received more than 100 pages, expected an end. Run the job again.`,
    ),
  );
});

test("an answer of another form is an error, which names what was asked, and what of it is wrong", async () => {
  server.failures.set(COMMENTS, { status: 200, body: "<html>A proxy's page</html>" });
  await expect(listRest(gitHub, "/issues/7/comments", COMMENTS_PAGE)).rejects.toThrow(
    `Received "<html>A proxy's page</html>" from GitHub to ${COMMENTS}, expected what`,
  );
  server.failures.set(COMMENTS, { status: 502, body: "<html>" });
  await expect(comments()).rejects.toThrow('with status 502 ("<html>")');
  server.failures.set(COMMENTS, { status: 200, body: { id: "3" } });
  await expect(readRest(gitHub, "/issues/7/comments", COMMENT)).rejects.toThrow(
    new CommandError(`Received "3" for id from GitHub to ${COMMENTS}, expected what its REST API documents. ${AGAIN}.`),
  );
});
