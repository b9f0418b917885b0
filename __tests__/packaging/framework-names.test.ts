import { inNamesOf } from "../../packaging/framework-names";

test.each([
  ['import { App } from "cdktf";', 'import { App } from "cdktn";'],
  ["import { App } from 'cdktf/lib/app';", "import { App } from 'cdktn/lib/app';"],
  ['from "@cdktf/provider-aws/lib/iam-role"', 'from "@cdktn/provider-aws/lib/iam-role"'],
  ["node_modules/cdktf-support-app-access/docs", "node_modules/cdktn-support-app-access/docs"],
  ["npm install cdktf-cli", "npm install cdktn-cli"],
  ["npx cdktf synth && npx --no -- cdktf diff a", "npx cdktn synth && npx --no -- cdktn diff a"],
  ["init --cdktf-cli", "init --cdktn-cli"],
])("%s becomes %s, and the other way round", (cdktf, cdktn) => {
  expect(inNamesOf("cdktn", cdktf)).toBe(cdktn);
  expect(inNamesOf("cdktf", cdktn)).toBe(cdktf);
  expect(inNamesOf("cdktf", cdktf)).toBe(cdktf);
});

test.each([
  ["a sentence about the framework", "CDKTF, cdktf and its successor"],
  ["the framework's files", "cdktf.json and cdktf.out"],
  ["another provider's bindings", '"@cdktf/provider-google"'],
  ["a command of another kind", "npx cdktf provider list"],
  ["a word with the name in it", "mycdktf-cli"],
  ["a line about both", "cdktf-support-app-access and cdktn-support-app-access"],
])("%s stays as it is: %s", (_, line) => {
  expect(inNamesOf("cdktn", line)).toBe(line);
});

test("each line is renamed by itself", () => {
  expect(inNamesOf("cdktn", '"cdktf"\n"cdktf" or "cdktn"\n"cdktf"\n')).toBe('"cdktn"\n"cdktf" or "cdktn"\n"cdktn"\n');
});
