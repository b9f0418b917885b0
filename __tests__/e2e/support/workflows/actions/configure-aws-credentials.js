/* Stands in for aws-actions/configure-aws-credentials: exchanges the job's OIDC token for credentials of an emulated account. */
const { appendFileSync } = require("node:fs");

const { env } = process;
const { ACTIONS_ID_TOKEN_REQUEST_URL: url, "INPUT_ROLE-TO-ASSUME": role } = env;
if (!url) throw new Error("Credentials could not be loaded: this job has no permission id-token: write");
if (!role) throw new Error("Received no role-to-assume.");
fetch(url, { headers: { authorization: `bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` } })
  .then((response) => response.json())
  .then(({ account }) => {
    appendFileSync(env.GITHUB_ENV, `AWS_ACCESS_KEY_ID=${account}\nAWS_SECRET_ACCESS_KEY=test\n`);
  });
