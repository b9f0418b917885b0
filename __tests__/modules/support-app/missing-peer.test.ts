import { missingPeer } from "../../../modules/support-app/missing-peer";

/** An error from Node.js about a package that isn't installed: this project has cdktf, and not cdktn. */
const notFound = (file: string) => new Error(`Cannot find module '${file}'\nRequire stack:\n- /repository/main.ts`);

test.each([
  ["cdktf", "cdktf"],
  ["cdktf/lib/terraform-stack", "cdktf"],
  ["@cdktf/provider-aws/lib/iam-role", "@cdktf/provider-aws"],
  ["@cdktn/provider-aws/lib/iam-role", "@cdktn/provider-aws"],
  ["constructs", "constructs"],
])(
  "the error of a project without %s says to install %s, without a stack trace, since the code isn't at fault",
  (file, peer) => {
    const sentence = `Can't write Terraform: ${peer} isn't installed. If package.json has it, run npm ci without --omit=dev; otherwise, run npm install ${peer}.`;
    expect(missingPeer(notFound(file))).toMatchObject({ message: sentence, stack: sentence });
  },
);

test.each([
  ["another package", notFound("yaml")],
  ["a package with a similar name", notFound("cdktf-cli")],
  ["a file of the framework's bindings for another provider", notFound("@cdktf/provider-google/lib/provider")],
  ["a failure that only quotes one", new Error("main.ts: Cannot find module 'cdktf'")],
  ["nothing", undefined],
])("an error about %s isn't about the framework", (_, error) => {
  expect(missingPeer(error)).toBeUndefined();
});
