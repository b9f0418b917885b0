import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type DoctorReport, doctorReportSchema } from "../../../cli/findings/doctor-report";
import { merged } from "../../support/merged";
import { type Identity, readAccount } from "./account";
import { type Ended, type Project, run, supportApp, writeEnvironments } from "./project";
import { type Answer, type Call, changes, type Proxy as RecordingProxy, startProxy } from "./proxy";

export type DoctorEnvironment = DoctorReport["environments"][number];
export type DoctorFinding = DoctorEnvironment["findings"][number];

/** AWS, as doctor sees it: the emulator, and what that lacks. */
export interface Aws extends RecordingProxy {
  /** What to answer instead for a while. */
  fault: (call: Call) => Answer | undefined | Promise<Answer | undefined>;
}

/** What the emulator lacks: the AWS Support API, of an account whose plan has it. */
const SUPPORT: Answer = { status: 200, body: JSON.stringify({ severityLevels: [] }) };

/**
 * The emulator's simulation knows neither condition keys, which one action needs, nor the path of a role. Where it says of
 * those that it allows them and wasn't told something, the documents count.
 */
function withoutGuesses({ action, parameters }: Call, body: string): string {
  if (action !== "iam:SimulatePrincipalPolicy") return body;
  const hasPath = /:role\/.+\//.test(String(parameters.PolicySourceArn));
  const guessed = hasPath
    ? /<member>.*<\/member>/s
    : /<member><EvalActionName>iam:CreateServiceLinkedRole<.*?<\/member>/s;
  const missing = "<MissingContextValues><member>emulator:Unknown</member></MissingContextValues>";
  return body.replace(guessed, (members) =>
    members
      .replace(/<EvalDecision>\w+</g, "<EvalDecision>allowed<")
      .replaceAll("<MissingContextValues></MissingContextValues>", missing),
  );
}

/** Starts what doctor is to take for AWS. */
export async function startAws(): Promise<Aws> {
  const proxy = await startProxy(async (call) => {
    const answer = await aws.fault(call);
    return answer ?? (call.action === "support:DescribeSeverityLevels" ? SUPPORT : undefined);
  }, withoutGuesses);
  const aws: Aws = { ...proxy, fault: () => undefined };
  return aws;
}

/** Runs `support-app doctor` on an environment. */
export function doctor(project: Project, args: readonly string[], aws: Aws, as: string | Identity): Promise<Ended> {
  return supportApp(project, ["doctor", ...args], { as, endpoint: aws.endpoint });
}

/** What doctor reports of an environment. */
export async function diagnosed(
  project: Project,
  environment: string,
  aws: Aws,
  as: string | Identity,
  ...args: string[]
): Promise<DoctorEnvironment & { readonly status: number | null }> {
  const { status, stdout, output } = await doctor(project, [environment, "--format", "json", ...args], aws, as);
  if (stdout === "") throw new Error(`doctor ${environment} ended with exit status ${status}:\n${output}`);
  const [report] = doctorReportSchema.parse(JSON.parse(stdout)).environments;
  if (!report) throw new Error(output);
  return { ...report, status };
}

/** What doctor reports of an environment that is in that account and region. It must have changed nothing in finding it. */
export async function diagnosedWithoutChange(
  project: Project,
  environment: string,
  aws: Aws,
  { account, region }: { readonly account: string; readonly region?: string },
  ...args: string[]
): ReturnType<typeof diagnosed> {
  const before = await readAccount(account, region);
  aws.calls.length = 0;
  const report = await diagnosed(project, environment, aws, account, ...args);
  expect(aws.calls.filter(changes)).toEqual([]);
  expect(await readAccount(account, region)).toEqual(before);
  return report;
}

/** Every finding of an environment that isn't a notice. */
export function findingsOf({ findings }: DoctorEnvironment): DoctorFinding[] {
  return findings.filter(({ answer }) => answer !== "healthy");
}

/** Every notice of an environment. */
export function noticesOf({ findings }: DoctorEnvironment): DoctorFinding[] {
  return findings.filter(({ answer }) => answer === "healthy");
}

/** Does what a finding says: the change of environments.yaml, then the commands. */
export async function follow(project: Project, { fix }: DoctorFinding, as: string): Promise<void> {
  if (fix.change) {
    const file = parse(readFileSync(join(project.folder, "environments.yaml"), "utf8"));
    writeEnvironments(project, stringify(merged(file, fix.change)));
  }
  for (const command of fix.commands) {
    const [, environment] = command.match(/^npx support-app deploy (\S+)$/) ?? [];
    const { status, output } = environment
      ? await supportApp(project, ["deploy", environment, "--auto-approve"], { as })
      : await run(project, "sh", ["-c", command], { as });
    if (status !== 0) throw new Error(`${command} ended with exit status ${status}:\n${output}`);
  }
}

/** Something that went wrong, and the only finding that doctor is to have more for it: parts of its words. */
export interface Fault {
  readonly inject: () => Promise<unknown>;
  readonly kind: string;
  readonly found: string;
  readonly resource?: string;
  /** What the finding says to do in a console before its commands. */
  readonly inConsole?: () => Promise<unknown>;
}

/**
 * Injects faults, one after the other, expects doctor to find each beside those before it and nothing else, does what the
 * findings say, and expects all to be healthy.
 */
export async function expectFoundAndHealed(
  project: Project,
  faults: readonly Fault[],
  account: string,
  examine: () => ReturnType<typeof diagnosed>,
): Promise<void> {
  let findings: DoctorFinding[] = [];
  const injected: Fault[] = [];
  for (const fault of faults) {
    await fault.inject();
    injected.push(fault);
    const report = await examine();
    findings = findingsOf(report);
    expect(findings).toHaveLength(injected.length);
    for (const { kind, found, resource = "" } of injected) {
      const words = { resource: expect.stringContaining(resource), found: expect.stringContaining(found) };
      expect(findings).toContainEqual(expect.objectContaining({ kind, answer: "unhealthy", ...words }));
    }
    expect(report.status).toBe(4);
  }

  for (const { inConsole } of injected) await inConsole?.();
  const distinct = new Map(findings.map((finding) => [JSON.stringify({ ...finding.fix, text: "" }), finding]));
  for (const finding of distinct.values()) await follow(project, finding, account);
  const healed = await examine();
  expect(findingsOf(healed)).toEqual([]);
  expect(healed).toMatchObject({ status: 0, answer: "healthy" });
}
