/* Stands in for actions that install what this machine has. setup-node would take packages from a cache that a pull request wrote. */
const { env } = process;
if (env["INPUT_NODE-VERSION"] !== undefined && (env["INPUT_PACKAGE-MANAGER-CACHE"] !== "false" || env.INPUT_CACHE))
  throw new Error("Received a setup-node with a cache.");
