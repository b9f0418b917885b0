import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { iamOf, newAccount } from "./account";
import { withLatency } from "./latency";
import { MissingPrerequisite } from "./prerequisites";

const [, VERSION = ""] = readFileSync(join(__dirname, "../requirements.txt"), "utf8").match(/ministack==(\S+)/) ?? [];
const LIKE_AWS = join(__dirname, "like-aws.py");
/** What a container needs to start it. */
const LIKE_AWS_READS = [
  LIKE_AWS,
  join(__dirname, "aws_models.py"),
  resolve("__tests__/cloudformation-types"),
  resolve("cli/iam/aws-managed-policies"),
];
const HOW_TO_GET_IT = `Install it with \`pip install -r __tests__/e2e/requirements.txt\`, start Docker, or set AWS_ENDPOINT_URL to one that ${LIKE_AWS} started with AUTH=true.`;

/**
 * Takes the emulator that AWS_ENDPOINT_URL names, or starts MiniStack on a free port of loopback.
 *
 * @param onStart told how to end it, once there is something to end
 * @returns its URL
 */
export async function startEmulator(logFile: string, onStart: (stop: () => void) => void): Promise<string> {
  const address = process.env.AWS_ENDPOINT_URL;
  const endpoint = address ? checkedEndpoint(address) : await startMiniStack(logFile, onStart);
  await expectEnforcement(endpoint);
  return endpoint;
}

/** These tests make and destroy roles: they must never do so in AWS itself. */
function checkedEndpoint(endpoint: string): string {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname.replace(/\.$/, "") : "";
  if (host === "" || /(^|\.)(amazonaws\.com(\.cn)?|aws|api\.aws)$/.test(host)) {
    throw new MissingPrerequisite(
      `Received AWS_ENDPOINT_URL=${endpoint}, expected the URL of an emulated AWS. Unset it, and MiniStack is started.`,
    );
  }
  return endpoint;
}

/**
 * Starts MiniStack on a free port of loopback.
 *
 * @param enforcement whether it enforces IAM, or lets everybody do everything
 */
export async function startMiniStack(
  logFile: string,
  onStart: (stop: () => void) => void,
  enforcement: "iam" | "none" = "iam",
): Promise<string> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const [command, ...args] = miniStackCommand(port);
  const log = createWriteStream(logFile);
  const child = spawn(command, args, {
    env: {
      ...process.env,
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: String(port),
      AUTH: enforcement === "iam" ? "true" : undefined,
      PYTHONDONTWRITEBYTECODE: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a process group of its own, to be ended as a whole
  });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  onStart(() => endGroup(child));
  for (let attempt = 0; attempt < 3000 && child.exitCode === null; attempt++) {
    const healthy = await fetch(`${endpoint}/_ministack/health`).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return withLatency(endpoint);
    await sleep(100);
  }
  throw new MissingPrerequisite(
    `Received ${child.exitCode === null ? "no answer within five minutes" : `exit status ${child.exitCode}`} from \`${[command, ...args].join(" ")}\`, expected MiniStack ${VERSION}. It says:\n${readFileSync(logFile, "utf8").slice(-2000)}\n${HOW_TO_GET_IT}`,
  );
}

/** MiniStack from Python, or from a container. */
function miniStackCommand(port: number): [string, ...string[]] {
  const works = (command: string, ...args: string[]) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
  if (works("python3", "-c", "import ministack")) return ["python3", LIKE_AWS];
  if (works("docker", "info")) {
    const mounts = LIKE_AWS_READS.flatMap((path) => ["-v", `${path}:${path}:ro`]);
    const publish = ["-p", `127.0.0.1:${port}:${port}`, ...mounts, "--entrypoint", "python3"];
    const env = ["-e", "BIND_HOST=0.0.0.0", "-e", `GATEWAY_PORT=${port}`, "-e", "AUTH=true"];
    return ["docker", "run", "--rm", "--init", ...publish, ...env, `ministackorg/ministack:${VERSION}`, LIKE_AWS];
  }
  throw new MissingPrerequisite(`Received no MiniStack in python3 or by Docker, expected ${VERSION}. ${HOW_TO_GET_IT}`);
}

/** Without enforcement, the test of least privilege would prove nothing. */
async function expectEnforcement(endpoint: string): Promise<void> {
  const account = newAccount();
  const nobody = iamOf({ account, accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" }, endpoint);
  const answer = await nobody.send(new ListRolesCommand({})).then(
    () => "an answer",
    (error: Error) => (error.name === "InvalidClientTokenId" ? undefined : `${error.name}: ${error.message}`),
  );
  if (answer === undefined) return;
  throw new MissingPrerequisite(
    `Received ${answer} from ${endpoint} for credentials that nobody has, expected an emulator that refuses them. ${HOW_TO_GET_IT}`,
  );
}

/** Ends a process with all that it started. */
export function endGroup(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
