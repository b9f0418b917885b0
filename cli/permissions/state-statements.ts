import type { Environment } from "../../stacks/environments/environment";
import { stateKey } from "../../stacks/environments/state-location";
import type { StatementJson } from "../iam/policy";
import { statement } from "./statement";

/** What an environment's state needs. Whoever only reads takes no lock. Source: Terraform, S3 backend, permissions required, with a native lock file. */
export function stateStatements({ name, backend }: Environment, use: "read" | "write"): StatementJson[] {
  switch (backend.type) {
    case "s3":
      return bucketStatements(stateKey(name, backend), backend, use === "write");
    case "local":
    case "cloud":
    case "http":
      return []; // AWS isn't asked
  }
}

function bucketStatements(
  key: string,
  backend: Extract<Environment["backend"], { type: "s3" }>,
  isWritten: boolean,
): StatementJson[] {
  const bucket = `arn:aws:s3:::${backend.bucket}`;
  const state = `${bucket}/${key}`;
  return [
    statement("FindState", ["s3:ListBucket"], [bucket]),
    statement("State", ["s3:GetObject", ...(isWritten ? ["s3:PutObject"] : [])], [state]),
    ...(isWritten
      ? [statement("LockState", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], [`${state}.tflock`])]
      : []),
    ...(backend["kms-key"] === undefined ? [] : [keyStatement(backend["kms-key"], isWritten)]),
  ];
}

/** A policy names a key only by its own ARN; an alias needs a condition (KMS Developer Guide, kms:ResourceAliases). */
function keyStatement(arn: string, isWritten: boolean): StatementJson {
  const [sid, actions] = isWritten
    ? (["EncryptState", ["kms:Decrypt", "kms:GenerateDataKey"]] as const)
    : (["DecryptState", ["kms:Decrypt"]] as const);
  const [, keys, alias] = arn.match(/^(.*:)(alias\/.*)$/) ?? [];
  if (alias === undefined) return statement(sid, actions, [arn]);
  const hasAlias = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": [alias] } };
  return statement(sid, actions, [`${keys}key/*`], hasAlias);
}
