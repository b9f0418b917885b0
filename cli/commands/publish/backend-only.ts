/** Comments, and texts without templates. */
const SKIPPED = /(?:#|\/\/)[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n$%]|\\.|[$%](?!\{))*"/g;

/** Stands for a text. HCL has no such character outside of texts. */
const TEXT = "'";

/** A `terraform` block with nothing but a block in it. */
const BLOCK = /^\s*terraform\s*\{\s*(?:backend\s*'|cloud)\s*\{([\s\S]*)\}\s*\}\s*$/;

/** Whether a file in HCL says where Terraform keeps the state, and nothing else. False: it says more, or isn't understood. */
export function isBackendOnly(hcl: string): boolean {
  const bare = hcl.replace(SKIPPED, (part) => (part.startsWith('"') ? TEXT : " "));
  const [, body] = bare.match(BLOCK) ?? [];
  return body !== undefined && !/"|<</.test(bare) && isBalanced(body);
}

/** Whether every brace is closed, and none before it is opened. */
function isBalanced(body: string): boolean {
  let depth = 0;
  for (const [brace] of body.matchAll(/[{}]/g)) {
    depth += brace === "{" ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
