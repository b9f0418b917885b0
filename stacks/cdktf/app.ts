import util from "node:util";
import { packageFolder } from "../../common/package-files";
import { App, ref, TerraformStack, Token, Tokenization } from "../../modules/support-app/framework";
import { forgettingTokens } from "./forgotten-tokens";
import { resolve as fastResolve } from "./resolve";

/** CDKTF creates its output folder, with `stacks` in it, unless they exist, as they do here. */
const OUTDIR = packageFolder();

/** An app that writes nothing. */
export function newApp(): App {
  return new App({ outdir: OUTDIR });
}

/** A function that CDKTF calls, and what stands for it meanwhile. */
interface Patch {
  readonly owner: object;
  readonly name: string;
  readonly replacement: unknown;
}

/** Needed, not faster: CDKTF calls it for every output, and a later Node.js doesn't have it. */
const IS_ARRAY: Patch = { owner: util, name: "isArray", replacement: Array.isArray };

/** Each with what it saves of the CPU time at 1,000 environments. */
const FASTER: readonly Patch[] = [
  // Half: no stack trace of every token, which none of our errors shows.
  { owner: Error, name: "captureStackTrace", replacement: () => {} },
  // A third: no search of what can't hold a token.
  { owner: Tokenization, name: "resolve", replacement: fastResolve },
];

let fitting: readonly Patch[] | undefined;

/**
 * Runs something in CDKTF with the functions that it calls replaced by faster ones; by its own where these wouldn't give
 * the same, as in a version that marks tokens otherwise. CDKTF gets no fixes. See docs/decisions/0003-inside-cdktf.md.
 */
export function withPatches<T>(run: () => T): T {
  fitting ??= forgettingTokens(fittingPatches);
  return patched([IS_ARRAY, ...fitting], run);
}

/** The patches with which CDKTF writes a stack with tokens of every kind as it does without them. */
function fittingPatches(): readonly Patch[] {
  const terraform = patched([IS_ARRAY], tokensInTerraform);
  const patches: Patch[] = [];
  for (const patch of FASTER) {
    try {
      if (patched([IS_ARRAY, ...patches, patch], tokensInTerraform) === terraform) patches.push(patch);
    } catch {} // it doesn't fit
  }
  return patches;
}

function tokensInTerraform(): string {
  const stack = new TerraformStack(newApp(), "tokens");
  const token = ref("var.a", stack);
  stack.addOverride("locals", {
    token,
    texts: [Token.asString(token), `a-${Token.asString(token)}`],
    numbers: [Token.asNumber(token), `1 ${Token.asNumber(token)}`],
    list: Token.asList(token),
    numberList: Token.asNumberList(token),
    map: Token.asStringMap(token),
    key: { [Token.asString(token)]: [1.5, null, undefined, true] },
    lazy: Token.asAny({ resolve: () => token }),
  });
  return JSON.stringify(stack.toTerraform());
}

function patched<T>(patches: readonly Patch[], run: () => T): T {
  const originals = patches.map(({ owner, name }) => Reflect.get(owner, name));
  for (const { owner, name, replacement } of patches) Reflect.set(owner, name, replacement);
  try {
    return run();
  } finally {
    for (const [index, { owner, name }] of patches.entries()) Reflect.set(owner, name, originals[index]);
  }
}
