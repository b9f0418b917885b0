import { assertNoProblems, describeProp, formatProblem, isToken } from "../../../modules/support-app/format-problem";
import { Construct, Fn, TerraformStack } from "../../../modules/support-app/framework";
import { HOSTILE_JSON, obeyedIn } from "../../support/hostile";
import { newApp } from "../../support/new-app";

test("a construct's problems are sentences of one error; without a problem there is none", () => {
  const construct = new Construct(new TerraformStack(newApp(), "stack"), "oncall");
  const problems = [
    { path: ["name"], message: "received nothing, expected a name." },
    { path: ["on", 1], message: "received a list, expected an event." },
  ];
  const sentences = [
    'Construct "stack/oncall", name: received nothing, expected a name.',
    'Construct "stack/oncall", on[1]: received a list, expected an event.',
  ];
  expect(problems.map((problem) => formatProblem(construct, problem))).toEqual(sentences);
  expect(() => assertNoProblems(construct, problems)).toThrow(new Error(sentences.join("\n")));
  expect(() => assertNoProblems(construct, [])).not.toThrow();
});

test("a value that Terraform knows only later is shown as such", () => {
  const later = Fn.lookup({}, "later", "");
  expect([isToken(later), describeProp(later)]).toEqual([true, "a token, which Terraform knows only later"]);
  expect([isToken("now"), describeProp("now")]).toEqual([false, '"now"']);
});

test("neither a construct's path, nor a property, nor what is repeated of it is obeyed by who prints it", () => {
  const construct = new Construct(new TerraformStack(newApp(), "stack"), `a${HOSTILE_JSON}`);
  const sentence = formatProblem(construct, { path: ["tags", HOSTILE_JSON], message: `received ${HOSTILE_JSON}` });
  expect(sentence).toContain(", tags.");
  expect(obeyedIn(sentence)).toEqual([]);
});
