import { DIGEST_OUTPUT, digestOutput } from "../../stacks/output/stack-digest";
import { PLACE_ADDRESS, placeGuard, withoutSelfChecks } from "../../stacks/self-checks";
import { hasTemplate } from "../iam/policy";
import { canonical, type Fields, fieldsIn, isFields, list, textOf } from "../terminal/json";
import { elsewhereIn, KNOWN_DATA_SOURCES, referenceOf } from "./expression";
import type { Terraform } from "./synthesized-folder";
import type { Unreadable, UnreadableReason } from "./unreadable";

/** A resource or a data source. */
export interface Block {
  /** Such as `aws_iam_role.full` or `data.aws_iam_policy_document.full`. */
  readonly address: string;
  readonly isData: boolean;
  /** Such as `aws_iam_role`. */
  readonly type: string;
  /** In Terraform, such as `full`. */
  readonly name: string;
  /** Its arguments, without CDKTF's remarks. */
  readonly body: Fields;
}

/** Where the state is. */
export interface Backend {
  readonly type: "local" | "s3" | "cloud";
  /** All but the profile. */
  readonly settings: Fields;
  /** Whose credentials read it. Undefined: Terraform finds credentials without a profile. */
  readonly profile?: string;
}

/** Whose credentials Terraform acts with, and where. */
export interface AwsProvider {
  /** The only account that can be deployed to. Undefined: any. */
  readonly account?: string;
  readonly region?: string;
  /** AWS profile of the credentials. Undefined: Terraform finds credentials without a profile. */
  readonly profile?: string;
  /** ARN of the role that Terraform acts as. */
  readonly assumeRole?: string;
}

/** Something that is put into the state, or moved within it. */
export interface Import {
  readonly to: string;
  readonly id: string;
}
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** One stack of Terraform, section by section. Anything in another form than this project's constructs write is unreadable. */
export interface Stack {
  readonly backend?: Backend;
  readonly provider: AwsProvider;
  /** Version constraint of the AWS provider. */
  readonly providerVersion?: string;
  readonly requiredVersion?: string;
  readonly blocks: ReadonlyMap<string, Block>;
  readonly imports: readonly Import[];
  readonly moves: readonly Move[];
  /** Addresses that Terraform stops managing, without destroying anything. */
  readonly removals: readonly string[];
  readonly unreadable: readonly Unreadable[];
}

/** The accepted sources of the AWS provider. */
const AWS_PROVIDER_SOURCES = ["hashicorp/aws", "aws", "registry.terraform.io/hashicorp/aws"];

/** The settings that backends may have, all of them texts or flags. */
const BACKEND_SETTINGS: ReadonlyMap<string, readonly string[]> = new Map([
  ["local", ["path"]],
  ["s3", ["bucket", "key", "region", "encrypt", "kms_key_id", "use_lockfile"]],
]);

type Fail = (address: string, source: unknown, reason?: UnreadableReason) => void;

/** Reads a stack. */
export function readStack(written: Terraform): Stack {
  const terraform = withoutSelfChecks(withoutDigest(written)) as Terraform;
  const unreadable: Unreadable[] = [];
  const fail: Fail = (address, source, reason = "other-form") => unreadable.push({ reason, address, source });
  const { "//": _, terraform: settings = {}, provider, resource: __, data: ___, output, ...rest } = terraform;
  const { import: imports, moved, removed, ...unknown } = rest;
  for (const [section, source] of Object.entries(unknown)) {
    if (!isEmpty(source)) fail(section, source);
  }
  const blocks = new Map(blocksIn(terraform, fail).map((block) => [block.address, block]));
  for (const one of readingElsewhere(terraform)) unreadable.push(one); // one by one: a call takes only so many arguments
  readOutputs(output, blocks, fail);
  const target = { ...readSettings(settings, fail), provider: readProvider(provider, fail) };
  const guard = blocks.get(PLACE_ADDRESS);
  if (guard && !isGuardOf(guard, target.provider)) fail(guard.address, guard.body);
  return {
    ...target,
    blocks,
    imports: listed("import", imports, ["id", "to"], fail).map(({ to, id }) => ({ to: addressIn(to), id: textOf(id) })),
    moves: listed("moved", moved, ["from", "to"], fail).map((one) => ({
      from: addressIn(one.from),
      to: addressIn(one.to),
    })),
    removals: listed("removed", removed, ["from", "lifecycle"], fail).map(({ from }) => addressIn(from)),
    unreadable,
  };
}

/** Where a stack's state is. Undefined: whoever uses it decides, or it is unsupported. */
export function backendOf({ terraform }: Terraform): Backend | undefined {
  return readSettings(terraform ?? {}, () => {}).backend;
}

/** A stack without its digest, if that is as synthesizing writes it: it adds nothing to the rest. */
export function withoutDigest(terraform: Terraform): Terraform {
  const { output, ...rest } = terraform;
  if (!isFields(output) || !Object.hasOwn(output, DIGEST_OUTPUT)) return terraform;
  const { [DIGEST_OUTPUT]: own, ...others } = output;
  if (canonical(withoutRemarks(own)) !== canonical(digestOutput(terraform))) return terraform;
  return isEmpty(others) ? rest : { ...rest, output: others };
}

/**
 * The parts of a stack that depend on anything but the Terraform itself: they may change while the Terraform doesn't. A part
 * in another form than CDKTF writes is reported by {@link readStack}.
 */
export function readingElsewhere(written: Terraform): Unreadable[] {
  const terraform = withoutSelfChecks(written) as Terraform;
  const found: Unreadable[] = [];
  const add = (address: string, source: unknown) => found.push({ reason: "reads-elsewhere", address, source });
  const expression = elsewhereIn(terraform);
  if (expression) add(expression.path.join("."), expression.source);
  if (!isEmpty(terraform.module)) add("module", terraform.module);
  if (!isEmpty(terraform.variable)) add("variable", terraform.variable);
  for (const [name, check] of entriesOf(terraform.check, "check", add)) {
    if (list(check).some((block) => !isEmpty(fieldsIn(block).data))) add(`check.${name}`, check);
  }
  for (const { address, type, body, isData } of blocksIn(terraform, () => {})) {
    // A data source may find something else next time.
    const isForeign = isData
      ? !KNOWN_DATA_SOURCES.includes(type)
      : !type.startsWith("aws_") && address !== PLACE_ADDRESS;
    if (isForeign || body.provisioner !== undefined || body.connection !== undefined) add(address, body);
  }
  return found;
}

/** A value without CDKTF's remarks, which Terraform doesn't read. */
function withoutRemarks(value: unknown): unknown {
  if (!isFields(value)) return value;
  const { "//": _, ...rest } = value;
  return rest;
}

/** Whether there is nothing, or nothing in it. */
function isEmpty(value: unknown = {}): boolean {
  return typeof value === "object" && Object.values(value ?? [0]).every((one) => one === undefined);
}

function readSettings(settings: unknown, fail: Fail): Pick<Stack, "backend" | "providerVersion" | "requiredVersion"> {
  if (!isFields(settings)) {
    fail("terraform", settings);
    return {};
  }
  const { "//": _, required_version, required_providers, backend, cloud, ...unknown } = settings;
  for (const [name, source] of Object.entries(unknown)) fail(`terraform.${name}`, source);
  if (required_version !== undefined && !isText(required_version)) {
    fail("terraform.required_version", required_version);
  }
  return {
    backend: readBackend(backend, cloud, fail),
    providerVersion: readProviderVersion(required_providers, fail),
    requiredVersion: isText(required_version) ? required_version : undefined,
  };
}

function readBackend(backend: unknown, cloud: unknown, fail: Fail): Backend | undefined {
  const given = { backend, cloud };
  if (isEmpty(given)) return undefined; // a published root: whoever uses it configures the backend
  if (isFields(cloud) && backend === undefined) {
    const { workspaces, ...settings } = cloud;
    const isKnown = Object.keys(settings).every((name) => ["organization", "hostname"].includes(name));
    const { name, ...more } = fieldsIn(workspaces);
    if (isKnown && Object.values(settings).every(isText) && isText(name) && isEmpty(more)) {
      return { type: "cloud", settings: { ...settings, workspace: name } };
    }
  } else if (isFields(backend) && cloud === undefined) {
    const [[type, all] = ["", undefined], ...others] = Object.entries(backend);
    const known = BACKEND_SETTINGS.get(type);
    const { profile, ...settings } = fieldsIn(all);
    const isKnown = isFields(all) && Object.keys(settings).every((name) => known?.includes(name));
    const isProfile = profile === undefined || (type === "s3" && isText(profile));
    if (known && others.length === 0 && isKnown && isProfile && Object.values(settings).every(isLiteral)) {
      return { type: type as Backend["type"], settings, profile };
    }
  }
  fail("terraform.backend", given);
  return undefined;
}

function readProviderVersion(providers: unknown, fail: Fail): string | undefined {
  const { aws, ...others } = fieldsIn(providers);
  const { source, version, ...more } = fieldsIn(aws);
  if (isEmpty(others) && isEmpty(more) && AWS_PROVIDER_SOURCES.includes(textOf(source)) && isText(version))
    return version;
  fail("terraform.required_providers", providers);
  return undefined;
}

/** The only AWS provider, by its usual arguments. */
function readProvider(provider: unknown, fail: Fail): AwsProvider {
  const { aws, ...others } = fieldsIn(provider);
  const [main, ...more] = list(aws);
  if (!isFields(main) || more.length > 0 || !isEmpty(others)) {
    fail("provider", provider);
    return {};
  }
  const { "//": _, region, profile, allowed_account_ids, assume_role, default_tags, ...unknown } = main;
  for (const [name, source] of Object.entries(unknown)) fail(`provider.aws.${name}`, source);
  const isRegion = region === undefined || isText(region);
  if (!isRegion || !isLiteral(default_tags)) fail("provider.aws", { region, default_tags });
  if (profile !== undefined && !isText(profile)) fail("provider.aws.profile", profile);
  const [account, ...otherAccounts] = list(allowed_account_ids ?? []);
  const isAccount = isText(account) && /^\d{12}$/.test(account);
  if (otherAccounts.length > 0 || (allowed_account_ids !== undefined && !isAccount)) {
    fail("provider.aws.allowed_account_ids", allowed_account_ids);
  }
  const [role, ...otherRoles] = list(assume_role ?? []);
  const { role_arn, ...ofRole } = fieldsIn(role);
  if (otherRoles.length > 0 || !isEmpty(ofRole) || (role !== undefined && !isText(role_arn))) {
    fail("provider.aws.assume_role", assume_role);
  }
  return {
    account: isAccount ? account : undefined,
    region: isText(region) ? region : undefined,
    profile: isText(profile) ? profile : undefined,
    assumeRole: isText(role_arn) ? role_arn : undefined,
  };
}

/** Outputs may be literals, or references within the stack: anything else might disclose a secret. */
function readOutputs(outputs: unknown, blocks: ReadonlyMap<string, Block>, fail: Fail): void {
  for (const [name, output] of entriesOf(outputs, "output", fail)) {
    if (name === DIGEST_OUTPUT) {
      fail(`output.${name}`, output, "wrong-digest"); // a right one was left out before
      continue;
    }
    const { "//": _, value, description, sensitive, ...unknown } = isFields(output) ? output : { "": output };
    const isValue = list(value).every((one) => isLiteral(one) || isReferenceIn(one, blocks));
    if (!isValue || !isLiteral([description, sensitive]) || !isEmpty(unknown)) {
      fail(`output.${name}`, output);
    }
  }
}

/** Whether a value is a reference to something of the stack. */
export function isReferenceIn(value: unknown, blocks: ReadonlyMap<string, Block>): boolean {
  const reference = referenceOf(value);
  return reference !== undefined && blocks.has(reference.address);
}

/** Whether Terraform uses a value as it is written. */
export function isLiteral(value: unknown): boolean {
  return !hasTemplate(value);
}

/** Whether a value is a text that Terraform uses as it is written. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && !hasTemplate(value);
}

/** The entries of a section that is a list, each with exactly those arguments, in alphabetical order. */
function listed(section: string, entries: unknown, names: readonly string[], fail: Fail): Fields[] {
  return (entries === undefined ? [] : list(entries)).flatMap((entry) => {
    const given = withoutRemarks(entry);
    const isUsual = ([name, value]: [string, unknown]) => {
      if (name === "lifecycle") return canonical(withoutRemarks(value)) === '{"destroy":false}'; // which destroys nothing
      return name === "from" || name === "to" ? addressIn(value) !== "" : isLiteral(value);
    };
    const isWhole = isFields(given) && canonical(Object.keys(given).sort()) === canonical(names);
    if (isWhole && Object.entries(given).every(isUsual)) return [given];
    fail(section, entry);
    return [];
  });
}

/** An address, plain or as a reference. Empty: it isn't an address. */
function addressIn(value: unknown): string {
  const [, address = ""] =
    (typeof value === "string" && /^(?:\$\{)?([a-z0-9_]+\.[A-Za-z_][\w-]*)\}?$/.exec(value)) || [];
  return address;
}

/** The resources and data sources. Terraform also accepts lists in many places, but CDKTF doesn't write them. */
function blocksIn(terraform: Terraform, fail: Fail): Block[] {
  const blocks: Block[] = [];
  for (const section of ["resource", "data"] as const) {
    const prefix = section === "data" ? "data." : "";
    for (const [type, all] of entriesOf(terraform[section], section, fail)) {
      for (const [name, block] of entriesOf(all, `${prefix}${type}`, fail)) {
        const address = `${prefix}${type}.${name}`;
        const body = withoutRemarks(block);
        if (isFields(body)) blocks.push({ address, isData: section === "data", type, name, body });
        else fail(address, block);
      }
    }
  }
  return blocks;
}

/** The entries of a mapping. Anything else is unreadable. */
function entriesOf(value: unknown, address: string, fail: Fail): [name: string, value: unknown][] {
  if (isFields(value)) return Object.entries(value);
  if (value !== undefined) fail(address, value);
  return [];
}

/** Whether a guard is the one of the provider's account and region. */
function isGuardOf({ body }: Block, { account, region }: AwsProvider): boolean {
  return (
    account !== undefined && region !== undefined && canonical(body) === canonical(placeGuard({ account, region }))
  );
}
