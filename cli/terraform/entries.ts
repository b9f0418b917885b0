import { canonical } from "../../common/canonical";
import { type Fields, isFields } from "../../common/fields";
import { list } from "../../common/json";
import { DIGEST_OUTPUT, digestOutput, withoutRemarks } from "../../stacks/output/stack-digest";
import type { TerraformJson } from "./synthesized-folder";

/** A part of a stack that has an address. */
export interface Entry {
  /** Such as `aws_iam_role.full`, `data.aws_iam_policy_document.full`, `output.role_arn` or `terraform.backend`. */
  readonly address: string;
  /** Such as `resource` or `output`. */
  readonly section: string;
  /** Of a resource or a data source, such as `aws_iam_role`. */
  readonly type?: string;
  /** As it is written, without CDKTF's remarks. */
  readonly value: unknown;
}

/** Everything in a stack, by section and names: a hostile stack may have an address twice. */
export type Entries = ReadonlyMap<string, Entry>;

/** Sections whose blocks have a type and a name, with what their addresses begin with. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["resource", ""],
  ["data", "data."],
]);

/** The parts of a stack. A part in another form than Terraform's usual one is an entry of its section's or type's name. */
export function entriesIn(terraform: TerraformJson): Entries {
  const entries = Object.entries(withoutRemarks(terraform)).flatMap(([section, value]): Entry[] => {
    const prefix = PREFIXES.get(section);
    if (!hasParts(value)) return [{ address: section, section, value }];
    if (prefix === undefined) {
      return Object.entries(value).map(([name, value]) => ({ address: `${section}.${name}`, section, value }));
    }
    return Object.entries(value).flatMap(([type, blocks]): Entry[] =>
      hasParts(blocks)
        ? Object.entries(blocks).map(([name, value]) => ({ address: `${prefix}${type}.${name}`, section, type, value }))
        : [{ address: `${prefix}${type}`, section, type, value: blocks }],
    );
  });
  return new Map(entries.map((entry) => [canonical([entry.section, entry.type ?? null, entry.address]), entry]));
}

/** Whether a value is a mapping that isn't empty. */
function hasParts(value: unknown): value is Fields {
  return isFields(value) && Object.keys(value).length > 0;
}

/** A resource or a data source. */
export interface Block {
  /** Such as `aws_iam_role.full` or `data.aws_iam_policy_document.full`. */
  readonly address: string;
  readonly isData: boolean;
  /** Such as `aws_iam_role`. */
  readonly type: string;
  /** Its arguments, without CDKTF's remarks. */
  readonly body: Fields;
}

/** The resources and data sources, by address. */
export function blocksIn(entries: Entries): ReadonlyMap<string, Block> {
  const blocks = [...entries.values()].flatMap(({ address, section, type, value }): Block[] => {
    const isData = section === "data";
    const [body, ...rest] = list(value);
    const beginning = `${PREFIXES.get(section)}${type}.`;
    if (type === undefined || !address.startsWith(beginning) || !isFields(body) || rest.length > 0) return []; // Terraform takes a list of one, too
    return [{ address, isData, type, body }];
  });
  return new Map(blocks.map((block) => [block.address, block]));
}

/** A stack without its digest, if that is as synthesizing writes it: it adds nothing to the rest. */
export function withoutDigest(terraform: TerraformJson): TerraformJson {
  const { output, ...otherSections } = terraform;
  if (!isFields(output) || !Object.hasOwn(output, DIGEST_OUTPUT)) return terraform;
  const { [DIGEST_OUTPUT]: digest, ...otherOutputs } = output;
  const { output: ofDigest } = withoutRemarks({ output: { [DIGEST_OUTPUT]: digest } }) as { output: Fields };
  if (canonical(ofDigest[DIGEST_OUTPUT]) !== canonical(digestOutput(terraform))) return terraform;
  return Object.keys(otherOutputs).length === 0 ? otherSections : { ...otherSections, output: otherOutputs };
}
