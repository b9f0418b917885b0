import { missingPeer } from "../../../modules/support-app/peers";

/** An error from Node.js about a package that isn't installed: this project has cdktf, and not cdktn. */
function notFound(file: string): Error {
  return new Error(`Cannot find module '${file}'\nRequire stack:\n- /repository/main.ts`);
}

test.each([
  ["cdktf", "cdktf"],
  ["cdktf/lib/terraform-stack", "cdktf"],
  ["@cdktf/provider-aws/lib/iam-role", "@cdktf/provider-aws"],
  ["@cdktn/provider-aws/lib/iam-role", "@cdktn/provider-aws"],
  ["constructs", "constructs"],
])("the error of a project without %s names %s", (file, peer) => {
  const error = missingPeer(notFound(file));
  expect(error?.message).toBe(`${peer} isn't installed. Run: npm install ${peer}`);
});

test("the code isn't at fault, so the error has no stack trace", () => {
  const error = missingPeer(notFound("cdktf"));
  expect(error?.stack).toBe(error?.message);
});

test.each([
  ["another package", notFound("yaml")],
  ["a package with a similar name", notFound("cdktf-cli")],
  ["a file of the framework's bindings for another provider", notFound("@cdktf/provider-google/lib/provider")],
  ["a failure that only quotes one", new Error("main.ts: Cannot find module 'cdktf'")],
  ["nothing", undefined],
])("an error about %s isn't about the framework", (_, error) => {
  expect(missingPeer(error)).toBeUndefined();
});
