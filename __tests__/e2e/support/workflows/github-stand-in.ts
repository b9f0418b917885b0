import { request } from "node:http";
import { type AnsweringGitHub, answerAsGitHub } from "../../../support/answering-github";
import { listening, serverOf } from "../../../support/loopback";

/** What a job asked of GitHub's API. */
export interface AskedRequest {
  readonly job: string;
  /** Such as `POST /repos/acme/access/issues/7/comments`. */
  readonly call: string;
}

/** A job that got credentials, and the GitHub environment that it ran in. */
export interface CredentialedJob {
  readonly job: string;
  readonly environment: string;
}

/** What is around a workflow: GitHub's API, which keeps to the permissions of each job's token, and its OIDC tokens. */
export interface GitHubStandIn {
  readonly github: AnsweringGitHub;
  readonly apiUrl: string;
  readonly oidcUrl: string;
  readonly requests: AskedRequest[];
  readonly refusals: AskedRequest[];
  readonly credentials: CredentialedJob[];
  close(): Promise<unknown>;
}

/** Whether a token's permissions allow a call. Source: GitHub, "Permissions required for GitHub Apps". */
function isAllowed(permissions: ReadonlyMap<string, string>, method: string, path: string): boolean {
  const scopes = /\/(issues|labels)\b/.test(path)
    ? ["issues", "pull-requests"]
    : path.includes("/pulls/")
      ? ["pull-requests"]
      : path.includes("/actions/")
        ? ["actions"]
        : ["contents"];
  const values = scopes.map((scope) => permissions.get(scope));
  return method === "GET" ? values.some(Boolean) : values.includes("write");
}

/**
 * Starts one on a free port.
 *
 * @param accountOf the account in which a GitHub environment has a role
 */
export async function startGitHubStandIn(
  accountOf: (environment: string) => string | Promise<string>,
): Promise<GitHubStandIn> {
  const github = await answerAsGitHub();
  const requests: AskedRequest[] = [];
  const refusals: AskedRequest[] = [];
  const credentials: CredentialedJob[] = [];
  const server = serverOf(async (incoming, outgoing, body) => {
    const { method = "", url = "", headers } = incoming;
    const permissions = new Map(
      (headers.authorization ?? "")
        .replace("bearer ", "")
        .split(";")
        .map((entry) => entry.split("=") as [string, string]),
    );
    const { pathname, searchParams } = new URL(url, "http://github");
    const job = permissions.get("job") ?? "";
    if (pathname === "/oidc") {
      const environment = searchParams.get("environment") ?? "";
      credentials.push({ job, environment });
      outgoing.end(JSON.stringify({ value: "token", account: await accountOf(environment) }));
      return;
    }
    const apiCall = { job, call: `${method} ${pathname}` };
    requests.push(apiCall);
    if (!isAllowed(permissions, method, pathname)) {
      refusals.push(apiCall);
      outgoing.writeHead(403, { "content-type": "application/json" });
      outgoing.end(JSON.stringify({ message: "Resource not accessible by integration" }));
      return;
    }
    const { connection: _, "keep-alive": __, ...handed } = headers;
    const onward = request(`${github.url}${url}`, { method, headers: handed }, (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(outgoing);
    });
    onward.end(body);
  });
  const { url, close } = await listening(server);
  return {
    github,
    apiUrl: url,
    oidcUrl: `${url}/oidc`,
    requests,
    refusals,
    credentials,
    close: () => Promise.all([close(), github.close()]),
  };
}
