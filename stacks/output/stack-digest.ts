import { createHash } from "node:crypto";
import { canonical } from "../../common/canonical";
import { type Fields, isFields } from "../../common/fields";

/** The keys of the remarks that CDKTF adds to a stack and to what is in it. */
const REMARKED: readonly string[] = ["metadata", "outputs"];

/** The output that tells which Terraform a state was made from: {@link digestOfStack}. */
export const DIGEST_OUTPUT = "support_app_digest";

/** The output's description. */
const DIGEST_DESCRIPTION = "SHA-256 of this Terraform, by which support-app deploy --changed knows what was applied.";

/**
 * SHA-256, in hexadecimal, of a stack's Terraform in JSON: the same in both notations and both libraries. Leaves out
 * what doesn't change what is applied: CDKTF's remarks, the backend, the profile, and the digest itself.
 */
export function digestOfStack(terraform: Fields): string {
  const { terraform: settings, provider, output = {}, ...rest } = withoutRemarks(terraform);
  const { aws, ...otherProviders } = isFields(provider) ? provider : { "": provider };
  const withoutProfile = (provider: unknown) => without(provider, "profile"); // it exists on one machine and not on another
  const digestInput = {
    ...rest,
    terraform: without(settings, "backend", "cloud"),
    provider: { ...otherProviders, aws: Array.isArray(aws) ? aws.map(withoutProfile) : withoutProfile(aws) },
    output: without(output, DIGEST_OUTPUT),
  };
  return createHash("sha256").update(canonical(digestInput)).digest("hex");
}

function without(value: unknown, ...keys: readonly string[]): unknown {
  return isFields(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) : value;
}

/** An expression that is always true. Terraform requires that a precondition refers to something. */
const ALWAYS = '${terraform.workspace != ""}';
const HOLDS = { condition: ALWAYS, error_message: "Terraform has no workspace." };

/**
 * The output itself. Terraform writes it even if an apply fails, since its value is known beforehand. But it records
 * that the precondition was checked only after it has created everything that the output depends on.
 */
export function digestOutput(terraform: Fields): Fields {
  const resources = resourcesIn(terraform);
  const dependsOn = resources.length > 0 ? { depends_on: resources } : {};
  return { description: DIGEST_DESCRIPTION, value: digestOfStack(terraform), ...dependsOn, precondition: [HOLDS] };
}

/** The output in a stack's Terraform. Undefined: there is none. */
export function digestOutputIn({ output }: Fields): unknown {
  return isFields(output) && Object.hasOwn(output, DIGEST_OUTPUT) ? output[DIGEST_OUTPUT] : undefined;
}

/** The addresses of the resources that a stack manages, in alphabetical order. */
export function resourcesIn({ resource }: Fields): string[] {
  return Object.entries(isFields(resource) ? resource : {})
    .flatMap(([type, blocks]) => Object.keys(isFields(blocks) ? blocks : {}).map((name) => `${type}.${name}`))
    .sort();
}

/** Sections whose blocks have a type and a name. */
const LABELLED_TWICE: readonly string[] = ["data", "resource"];

/** A stack without CDKTF's remarks. Deeper in a block, a key of the same name may be something else. */
export function withoutRemarks(terraform: Fields): Fields {
  const sections = Object.entries(withoutRemark(terraform, 0) as Fields);
  return Object.fromEntries(
    sections.map(([name, section]) => [
      name,
      name === "terraform" ? section : withoutRemark(section, LABELLED_TWICE.includes(name) ? 2 : 1), // CDKTF has none there
    ]),
  );
}

/** @param levels how many levels of names are around the blocks */
function withoutRemark(value: unknown, levels: number): unknown {
  if (levels === 0 && Array.isArray(value)) return value.map((block) => withoutRemark(block, 0));
  if (!isFields(value)) return value;
  const entries = Object.entries(value);
  if (levels > 0) return Object.fromEntries(entries.map(([key, nested]) => [key, withoutRemark(nested, levels - 1)]));
  return Object.fromEntries(entries.filter(([key, nested]) => key !== "//" || !isRemark(nested)));
}

function isRemark(value: unknown): boolean {
  return isFields(value) && isFields(value.metadata) && Object.keys(value).every((key) => REMARKED.includes(key));
}
