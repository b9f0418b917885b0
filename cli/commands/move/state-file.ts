import { canonical } from "../../../common/canonical";
import type { Environment } from "../../../stacks/environments/environment";
import { accountOfArn } from "../../iam/arn";
import type { State } from "../../terraform/state";

/** A managed resource that a state has. */
interface Resource {
  readonly address: string;
  /** What it is in AWS, as one text with its place in the state. Undefined: it is nothing by itself, and a deploy writes it again. */
  readonly identity?: string;
  /** The account in its ARN. Undefined: the ARN has none, or another provider than the environment's manages it. */
  readonly account?: string;
}

/** A state, with what is in it. */
export interface StateFile {
  readonly content: State;
  readonly resources: readonly Resource[];
}

/** Types whose IDs are random, or say only what they belong to. */
const DEPENDENT = /^(aws_iam_role_polic.*|terraform_data)$/;

/** The environment's own provider, of Terraform's or OpenTofu's registry, without an alias. */
const PROVIDER = /^provider\["[^"]+\/hashicorp\/aws"\]$/;

/** A state, with what is in it. */
export function stateFileOf(content: State): StateFile {
  const managedResources = (content.resources ?? []).filter(({ mode }) => mode === "managed");
  return {
    content,
    resources: managedResources.flatMap(({ module, type, name, provider, instances }) =>
      instances.map(({ index_key, deposed, attributes }) => {
        const { id, arn } = attributes ?? {};
        return {
          address: [module, type, name].filter((part) => part !== undefined).join("."),
          identity: DEPENDENT.test(type) ? undefined : canonical({ module, type, name, index_key, deposed, id }),
          account: PROVIDER.test(provider) && typeof arn === "string" ? accountOfArn(arn) : undefined,
        };
      }),
    ),
  };
}

/** Whether a state has every resource of another one, so that the other one isn't needed. */
export function hasAllOf(state: StateFile | undefined, { resources }: StateFile): boolean {
  const identities = new Set(state?.resources.map(({ identity }) => identity));
  return resources.every(({ identity }) => identity === undefined || identities.has(identity));
}

/** A resource of another account than the environment's. */
export function foreignResource({ resources }: StateFile, { account }: Environment): Resource | undefined {
  return resources.find((resource) => resource.account !== undefined && resource.account !== account);
}

/** A state as it is written to a place, over the state that is there. */
export function replacing({ content }: StateFile, existingFile: StateFile | undefined): State {
  if (existingFile === undefined) return content;
  const { lineage, serial } = existingFile.content;
  return { ...content, lineage, serial: Math.max(content.serial, serial) + 1 };
}

/** The state that follows a state whose resources are managed elsewhere. */
export function withoutResources({ content }: StateFile): State {
  return { ...content, serial: content.serial + 1, outputs: {}, resources: [], check_results: null };
}
